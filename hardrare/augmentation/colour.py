"""Colour changes of a batch: one matrix and offset per sample, one pass over the pixels.

Brightness, contrast, saturation, hue and grayscale are all linear in the colour of a
pixel, so a sample's five become one `colour -> matrix @ colour + offset`, in this
order, and values are clamped to 0..1 once at the end. torchvision clamps after each:
the results are the same wherever no value in between leaves 0..1. Contrast refers to
the mean grey of the image as brightness left it, also unclamped.
"""

import math

import torch
from torch import Tensor

GREY = (0.2989, 0.587, 0.114)  # ITU-R BT.601, as torchvision rounds it
YIQ = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


def brightness(factor: Tensor, channels: int) -> tuple[Tensor, Tensor]:
    """Values times factor: where every sample's colour change starts.

    Args:
        factor: `(B,)`, 1 = no change, 0 = black.
        channels: C.

    Returns:
        Matrix `(B, C, C)` and offset `(B, C)`.
    """
    identity = torch.eye(channels, device=factor.device, dtype=factor.dtype)
    return factor[:, None, None] * identity, factor.new_zeros(len(factor), channels)


def contrast(matrix: Tensor, offset: Tensor, factor: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
    """Add factor x + (1 - factor) m, m the mean grey of the image.

    Args:
        matrix: `(B, C, C)` of the change so far.
        offset: `(B, C)` of the change so far.
        factor: `(B,)`, 1 = no change, 0 = flat grey.
        mean: `(B, C)` mean colour of the image before any change.

    Returns:
        Matrix and offset with the change added.
    """
    now = torch.einsum("bij,bj->bi", matrix, mean) + offset
    grey = now @ _grey(now)  # (B,)
    offset = factor[:, None] * offset + ((1 - factor) * grey)[:, None]
    return factor[:, None, None] * matrix, offset


def saturation(matrix: Tensor, offset: Tensor, factor: Tensor) -> tuple[Tensor, Tensor]:
    """Add factor x + (1 - factor) grey(x); factor 0 is grayscale.

    Args:
        matrix: `(B, 3, 3)` of the change so far.
        offset: `(B, 3)` of the change so far.
        factor: `(B,)`, 1 = no change.

    Returns:
        Matrix and offset with the change added.
    """
    grey = _grey(offset).expand(3, 3)  # each row gives the grey value
    identity = torch.eye(3, device=factor.device, dtype=factor.dtype)
    step = identity + (1 - factor)[:, None, None] * (grey - identity)
    return _then(matrix, offset, step)


def hue(matrix: Tensor, offset: Tensor, turns: Tensor) -> tuple[Tensor, Tensor]:
    """Add a turn of chroma about the grey axis in YIQ: luma stays, hue moves.

    On uniformly random colours 0.05 turns shift the hue of HSV by 0.054 on average with a
    standard deviation of 0.015; torchvision shifts it by 0.05 everywhere, and keeps value
    and saturation instead of luma.

    Args:
        matrix: `(B, 3, 3)` of the change so far.
        offset: `(B, 3)` of the change so far.
        turns: `(B,)` shift in turns, -0.5..0.5, red towards yellow and green.

    Returns:
        Matrix and offset with the change added.
    """
    yiq = torch.tensor(YIQ, dtype=torch.float64)
    back = torch.linalg.inv(yiq).to(turns, non_blocking=True)
    yiq, angle = yiq.to(turns, non_blocking=True), 2 * math.pi * turns
    sine, cosine = torch.sin(angle), torch.cos(angle)
    turn = torch.zeros(len(turns), 3, 3, device=turns.device, dtype=turns.dtype)
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = cosine
    turn[:, 1, 2], turn[:, 2, 1] = sine, -sine
    return _then(matrix, offset, back @ turn @ yiq)


def recolour(images: Tensor, matrix: Tensor, offset: Tensor) -> Tensor:
    """Apply matrix @ colour + offset to every pixel, not clamped.

    Args:
        images: `(B, C, H, W)`.
        matrix: `(B, C, C)`.
        offset: `(B, C)`.

    Returns:
        `(B, C, H, W)`.
    """
    matrix, offset = matrix.to(images.dtype), offset.to(images.dtype)
    return torch.bmm(matrix, images.flatten(2)).add_(offset[:, :, None]).view(images.shape)


def solarise(images: Tensor, chosen: Tensor) -> Tensor:
    """Values of 0.5 and above inverted (1 - x), in the chosen samples.

    Args:
        images: `(B, C, H, W)` in 0..1.
        chosen: `(B,)` bool.

    Returns:
        `(B, C, H, W)`.
    """
    mirror = 2 - chosen.to(images.dtype)[:, None, None, None]  # 1 where chosen; else x <= 2 - x
    mirrored = mirror - images
    return torch.minimum(images, mirrored, out=mirrored)  # a fresh buffer costs more than the sum


def _grey(like: Tensor) -> Tensor:
    """Weights of the grey value, `(C,)`."""
    weights = GREY if like.shape[-1] == 3 else (1.0,)
    return torch.tensor(weights).to(like, non_blocking=True)


def _then(matrix: Tensor, offset: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """A linear step `(B, 3, 3)` after the change so far."""
    return step @ matrix, torch.einsum("bij,bj->bi", step, offset)
