"""Networks of timm and torchvision by their own names, without their classifier."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from torch import nn

from hardrare.errors import InputError
from hardrare.networks._compiler import without_compiler

IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HEADS = ("fc", "classifier", "head", "heads")  # what torchvision calls its classifiers


@dataclass(frozen=True)
class Normalisation:
    """What a network takes off images in 0..1 and divides them by, for each channel."""

    mean: tuple[float, ...] = IMAGENET[0]
    std: tuple[float, ...] = IMAGENET[1]


def refuse_unknown(name: str, own: Sequence[str]) -> None:
    """Refuse a name that is neither ours nor timm's nor torchvision's.

    Raises:
        InputError: names the nearest ones.
    """
    timm, models = _libraries()
    known = [*own, *timm.list_models(), *models.list_models()]
    plain = name.partition(".")[0]  # timm: architecture.weights
    if plain not in known:
        near = difflib.get_close_matches(plain.lower(), dict.fromkeys(known), n=4, cutoff=0.5)
        raise InputError(
            f"unknown network {name!r}; near ones are {', '.join(near or own)} (of this library, "
            "timm and torchvision)."
        )


def of_a_library(name: str) -> bool:
    """Whether timm or torchvision knows a network by this name."""
    timm, models = _libraries()
    return timm.is_model(name) or name in models.list_models()


def library_network(
    name: str, shape: tuple[int, int, int], download: bool = False
) -> tuple[nn.Module, Normalisation]:
    """A network of timm, else of torchvision, that ends in its features, D its `width`.

    Raises:
        InputError: its weights cannot be downloaded, or it takes no such images.
    """
    timm, _ = _libraries()
    if not timm.is_model(name):
        return _torchvision(name, shape, download)
    try:
        network = timm.create_model(name, pretrained=download, in_chans=shape[0], num_classes=0)
    except Exception as error:
        raise _not_loaded(name, error) from None
    network.width = network.num_features
    expected = network.pretrained_cfg
    mean, std = (
        tuple(expected.get(key, both)) for key, both in zip(("mean", "std"), IMAGENET, strict=True)
    )
    return network, Normalisation(mean, std)


def _torchvision(
    name: str, shape: tuple[int, int, int], download: bool
) -> tuple[nn.Module, Normalisation]:
    """The same of torchvision, whose networks take three channels."""
    _, models = _libraries()
    if shape[0] != 3:
        raise InputError(f"network {name!r} of torchvision takes colour images; name one of timm.")
    try:
        network = models.get_model(name, weights="DEFAULT" if download else None)
    except Exception as error:
        raise _not_loaded(name, error) from None
    head = next((name for name in HEADS if hasattr(network, name)), None)
    layers = [
        m for m in getattr(network, head, nn.Identity()).modules() if isinstance(m, nn.Linear)
    ]
    if not layers:
        raise InputError(f"network {name!r} has no classifier to leave out; name another network.")
    network.width = layers[0].in_features
    setattr(network, head, nn.Identity())
    return network, Normalisation()


def _libraries() -> tuple[ModuleType, ModuleType]:
    """timm, and torchvision's models: a second, and only where a library is asked."""
    with without_compiler():
        import timm
        from torchvision import models
    return timm, models


def _not_loaded(name: str, error: Exception) -> InputError:
    reason = " ".join(str(error).split())[:120]
    return InputError(
        f"the weights of {name} cannot be downloaded ({reason}); give a file of them in weights."
    )
