"""Convolutions whose gradient by their weights is one matrix product, where that is faster.

On a CPU torch's own is slow for many channels of small maps, as ResNets have them: by 32 samples
of 512 channels of 4x4 it takes 121 ms of a core, as a product 47; from 256 of 8x8 to 512 of 4x4, 62
and 23. Of 128 channels or fewer, as the small networks here have, it gains nothing. Values and the
gradient by the images are torch's own. Weights and their names stay as they are; few channels,
larger maps, groups, other devices, lower precision and eval mode are left alone.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MAP, CHANNELS = 16, 128  # positions of a map at most, and channels that come in at least


def quick(module: nn.Module) -> nn.Module:
    """The same network, its small convolutions as `Quick`; as it is where it is not on a CPU."""
    if next(module.parameters()).device.type != "cpu":
        return module
    for layer in module.modules():
        if type(layer) is nn.Conv2d and _plain(layer):
            layer.__class__ = Quick
    return module


def _plain(layer: nn.Conv2d) -> bool:
    """Whether a convolution is the simple kind that is written here."""
    simple = layer.groups == 1 and layer.dilation == (1, 1) and layer.padding_mode == "zeros"
    return simple and isinstance(layer.padding, tuple) and layer.in_channels >= CHANNELS


class Quick(nn.Conv2d):
    """A convolution (B, C, H, W) to (B, D, h, w), in training of small maps as `_Product`."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        small = self._positions(input) <= MAP and not torch.is_autocast_enabled("cpu")
        if self.training and small and torch.is_grad_enabled():
            return _Product.apply(input, weight, bias, self.stride, self.padding)
        return super()._conv_forward(input, weight, bias)

    def _positions(self, images: Tensor) -> int:
        """Of the map that comes out, h x w."""
        kinds = zip(images.shape[-2:], self.kernel_size, self.stride, self.padding, strict=True)
        height, width = ((side + 2 * p - k) // s + 1 for side, k, s, p in kinds)
        return height * width


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        images: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        stride: tuple[int, int],
        padding: tuple[int, int],
    ) -> Tensor:
        ctx.save_for_backward(images, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(images, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        images, weight = ctx.saved_tensors
        by_images = by_weight = by_bias = None
        if ctx.needs_input_grad[0]:
            how = ctx.stride, ctx.padding, (1, 1), False, (0, 0), 1, (True, False, False)
            given = gradient, images, weight, None
            by_images = torch.ops.aten.convolution_backward(*given, *how)[0]
        if ctx.needs_input_grad[1]:
            rows = gradient.permute(0, 2, 3, 1).reshape(-1, gradient.shape[1])  # B h w, D
            seen = _seen(images, weight.shape[2:], gradient.shape[2:], ctx.stride, ctx.padding)
            by_weight = (rows.T @ seen).view(len(weight), *weight.shape[2:], -1).permute(0, 3, 1, 2)
        if ctx.needs_input_grad[2]:
            by_bias = gradient.sum((0, 2, 3))
        return by_images, by_weight, by_bias, None, None


def _seen(
    images: Tensor, kernel: torch.Size, out: torch.Size, stride: tuple[int, int],
    padding: tuple[int, int],
) -> Tensor:  # fmt: skip
    """What each position of the map that comes out sees of the images, (B h w, k k C)."""
    down, right = padding
    padded = F.pad(images.permute(0, 2, 3, 1), (0, 0, right, right, down, down)).contiguous()
    batch, _, _, channels = padded.shape
    of, row, column, channel = padded.stride()
    steps = (of, row * stride[0], column * stride[1], row, column, channel)
    windows = padded.as_strided((batch, *out, *kernel, channels), steps)
    return windows.reshape(batch * out.numel(), -1)
