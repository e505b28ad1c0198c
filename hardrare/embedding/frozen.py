"""A frozen network as a function from images in 0..1 to features.

On CPUs it is exported to ONNX and run by onnxruntime, on GPUs by torch in channels-last
bfloat16. BatchNorm is folded into the convolutions in either case.

Images a second on one core of an AMD EPYC (Zen 3, no AVX-512; CPU seconds beside other work,
`tf_efficientnet_lite0`, passes of 16 unless said):

| side | eager | channels last | and folded | TorchScript | torch.compile | onnxruntime, 16 / 4 |
|---|---|---|---|---|---|---|
| 224 | 13 | 20 | 30 | 27 | 30 (16 s to compile) | 37 / 43 |
| 160 | 27 | 35 | 48 | 63 | - | 88 / 100 |
| 128 | 69 | 87 | 95 | 94 | - | 104 / 134 |

So onnxruntime is used, at the price of exporting each side (0.5 to 0.8 s) at every start. Its
features differ from torch's by at most 1e-5 and are the same bytes with any number of threads
and in any company; torch's depend on the size of the batch. A photograph at 160 and four views
at 96 take 26 ms of one core (decoding 3, features 7, making views 4, their features 12), so
10,000 take 130 s of two. In the table the padding is still apart (`padded`).
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

import torch
from torch import Tensor, nn

from hardrare.embedding import onnx
from hardrare.embedding.folded import folded
from hardrare.embedding.settings import Settings
from hardrare.errors import InputError
from hardrare.networks import Normalisation, pretrained, resolve_device

AT_ONCE = 4  # images in a pass on a CPU: more leave its cache
Forward = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Frozen:
    """A network ready to look.

    Attributes:
        forward: features (B, D) float32 of images (B, 3, S, S) in 0..1 on `device`.
        width: D.
        device: of the images.
        at_once: B, the images in a pass.
        mark: a digest of its weights.
    """

    forward: Forward
    width: int
    device: torch.device
    at_once: int
    mark: str = ""


def frozen(settings: Settings, device: str, precision: str, batch_size: int) -> Frozen:
    """The network of a section of the parameters, tried on one empty image of each side.

    Args:
        settings: see there.
        device: auto, or a torch device; an ONNX file runs on the CPU.
        precision: auto (bfloat16 where the GPU has it), float32 or bfloat16; of GPUs.
        batch_size: images in a pass on a GPU.

    Raises:
        InputError: no such network, weights of another, or it does not take such images.
    """
    where = torch.device("cpu") if settings.onnx else resolve_device(device)
    expected = Normalisation()
    if settings.onnx:
        run = _on_numpy(onnx.session(Path(settings.weights)))
        mark = blake2b(Path(settings.weights).read_bytes(), digest_size=16).hexdigest()
    else:
        shape = (3, settings.side, settings.side)
        network, expected = pretrained(settings.model, shape, settings.weights)
        mark = _digest(network)
        network = _folded_if_equal(network, settings.side)
        run = _exported(network) if where.type == "cpu" else _on_gpu(network, where, precision)
    forward = _normalised(run, settings, expected, where)
    width = _tried(forward, settings, where)
    return Frozen(forward, width, where, AT_ONCE if where.type == "cpu" else batch_size, mark)


def as_made(settings: Settings) -> Settings:
    """The settings, with the side that an ONNX file of one side was made for in place of both.

    Raises:
        InputError: no such file, or not readable.
    """
    side = onnx.side_of(Path(settings.weights)) if settings.onnx else None
    return settings if side is None else replace(settings, side=side, view_side=side)


def _digest(network: nn.Module) -> str:
    """Of all its weights, by name."""
    whole = blake2b(digest_size=16)
    for name, values in network.state_dict().items():
        whole.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
        whole.update(values.contiguous().cpu().reshape(-1).view(torch.uint8).numpy())
    return whole.hexdigest()


def _folded_if_equal(network: nn.Module, side: int) -> nn.Module:
    """The network with its BatchNorms folded, or as it is where that changes what it says."""
    noise = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    folds = folded(deepcopy(network))
    with torch.inference_mode():
        try:
            before, after = network.eval()(noise), folds(noise)
        except Exception:
            return network
    same = torch.allclose(before, after, rtol=1e-3, atol=1e-3 * float(before.abs().max()))
    return folds if same else network


def _exported(network: nn.Module) -> Forward:
    """Run by onnxruntime; each side that comes is exported once."""
    at = cache(lambda side: _on_numpy(onnx.session(onnx.exported(network, side))))
    return lambda images: at(images.shape[-1])(images)


def _on_numpy(run: onnx.Run) -> Forward:
    return lambda images: torch.from_numpy(run(images.numpy()))


def _on_gpu(network: nn.Module, where: torch.device, precision: str) -> Forward:
    """Run by torch, channels last, in bfloat16 where asked for or able."""
    able = where.type == "cuda" and torch.cuda.is_bf16_supported()
    half = precision == "bfloat16" or (precision == "auto" and able)
    kind = torch.bfloat16 if half else torch.float32
    network = network.to(where, kind, memory_format=torch.channels_last)

    def run(images: Tensor) -> Tensor:
        with torch.inference_mode():
            return network(images.to(kind, memory_format=torch.channels_last))

    return run


def _normalised(
    run: Forward, settings: Settings, expected: Normalisation, where: torch.device
) -> Forward:
    """With the mean taken off and divided by the standard deviation; positions averaged."""
    mean, std = settings.mean or expected.mean, settings.std or expected.std
    shift, scale = (torch.tensor(v, device=where).view(1, 3, 1, 1) for v in (mean, std))

    def forward(images: Tensor) -> Tensor:
        features = run((images - shift) / scale).float()
        return features.mean(dim=(2, 3)) if features.ndim == 4 else features

    return forward


def _tried(forward: Forward, settings: Settings, where: torch.device) -> int:
    """How many features it gives."""
    name = settings.weights if settings.onnx else settings.model
    sides = dict.fromkeys([settings.side, *([settings.view_side] if settings.views else [])])
    for side in sides:
        try:
            features = forward(torch.zeros(1, 3, side, side, device=where))
        except InputError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())[:120]
            raise InputError(
                f"{name} takes no images of {side}x{side} ({reason}); set side and view_side to "
                "the side that it was made for."
            ) from None
        if features.ndim != 2:
            raise InputError(
                f"{name} gives {tuple(features.shape)} for one image, expected a row of features; "
                "export it with its positions or tokens averaged."
            )
    return features.shape[1]
