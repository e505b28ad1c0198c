"""Padding as part of the convolutions that ask for it, in a network of images of one size.

Networks that come from TensorFlow pad by what the size of an input asks for, on two sides unlike.
timm does so in a step before the convolution. onnxruntime leaves its blocked layout for that
step and goes back to it: for `tf_efficientnet_lite0` at 160 pixels 10 ms of one core an image in
place of 7, at 96 pixels 4.2 in place of 3.0. What comes out is the same to the bit.
"""

import sys
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad


class _Convolution(torch.autograd.Function):
    """A convolution of padded images, which ONNX has as one step."""

    @staticmethod
    def forward(
        ctx: Any, images: Tensor, weight: Tensor, bias: Tensor | None,  # noqa: ANN401, ARG004
        sides: list[int], stride: tuple[int, ...], dilation: tuple[int, ...], groups: int,
    ) -> Tensor:  # fmt: skip
        return conv2d(pad(images, sides), weight, bias, stride, 0, dilation, groups)

    @staticmethod
    def symbolic(
        graph: Any, images: Any, weight: Any, bias: Any | None,  # noqa: ANN401 - of the exporter
        sides: list[int], stride: tuple[int, ...], dilation: tuple[int, ...], groups: int,
    ) -> Any:  # noqa: ANN401  # fmt: skip
        left, right, top, bottom = sides
        given = [images, weight, *([] if bias is None else [bias])]
        return graph.op("Conv", *given, pads_i=[top, left, bottom, right], strides_i=stride,
                        dilations_i=dilation, group_i=groups)  # fmt: skip


class _Padded(nn.Module):
    """A convolution of timm that pads, for inputs of one size (H, W)."""

    def __init__(self, convolution: nn.Conv2d, size: tuple[int, int]) -> None:
        super().__init__()
        plain = self.convolution = convolution
        each = zip(size, plain.kernel_size, plain.stride, plain.dilation, strict=True)
        down, across = (_missing(*axis) for axis in each)
        self.sides = [across // 2, across - across // 2, down // 2, down - down // 2]

    def forward(self, images: Tensor) -> Tensor:
        plain = self.convolution
        return _Convolution.apply(
            images, plain.weight, plain.bias, self.sides, plain.stride, plain.dilation, plain.groups
        )


def _missing(size: int, kernel: int, stride: int, dilation: int) -> int:
    """Pixels to be added so that every `stride`-th one is the middle of a kernel."""
    return max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)


def padded(network: nn.Module, side: int) -> nn.Module:
    """The network for images of side x side alone; itself where none of its convolutions pads so.

    Args:
        network: in eval mode, of colour images; is left as it is.
        side: pixels.
    """
    # no network of timm is there before timm is
    kind = getattr(sys.modules.get("timm.layers"), "Conv2dSame", ())
    if not any(isinstance(layer, kind) for layer in network.modules()):
        return network
    made, sizes = deepcopy(network), {}
    for name, layer in made.named_modules():
        if isinstance(layer, kind):
            layer.register_forward_pre_hook(
                lambda _, given, name=name: sizes.__setitem__(name, tuple(given[0].shape[-2:]))
            )
    with torch.inference_mode():
        made(torch.zeros(1, 3, side, side))
    for name, size in sizes.items():
        parent, _, child = name.rpartition(".")
        setattr(made.get_submodule(parent), child, _Padded(made.get_submodule(name), size))
    return made
