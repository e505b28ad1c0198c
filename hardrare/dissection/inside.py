"""A network of timm as a function to its features at every depth, run by onnxruntime on CPUs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hardrare.embedding import Settings, onnx
from hardrare.errors import InputError
from hardrare.networks import pretrained

FINEST = 16  # pixels of the side of a patch, at least: as PatchCore's coarser layer has it


@dataclass(frozen=True)
class Inside:
    """A network laid open.

    Attributes:
        run: images (B, side, side, 3) uint8 to rows (B, sum of `widths` + P D) float32: features
            at each depth, then those of P patches, D each.
        widths: L, of the features at each depth, the network's own last.
        patches: P, D.
    """

    run: Callable[[np.ndarray], np.ndarray]
    widths: tuple[int, ...]
    patches: tuple[int, int]

    def split(self, rows: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """L times features (B, D_l), and patches (B, P, D), of what `run` gave."""
        ends = np.cumsum(self.widths)
        *depths, flat = np.split(rows, ends, axis=1)
        return depths, flat.reshape(len(rows), *self.patches)


class _LaidOpen(nn.Module):
    """All depths and all patches of a network in one row.

    Patches are PatchCore's (Roth et al., CVPR 2022): each position of two middle maps stands for
    the mean of the 3 x 3 around it; the finer map is brought to the grid of the coarser one, which
    leaves fewer patches to compare (they bring the coarser to the finer).
    """

    def __init__(self, network: nn.Module, side: int) -> None:
        super().__init__()
        self.network, self.side = network, side

    def maps(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """Maps (B, C, h, w) of all depths, and the network's own features (B, D)."""
        last, maps = self.network.forward_intermediates(images)
        return maps, self.network.forward_head(last, pre_logits=True)

    def forward(self, images: Tensor) -> Tensor:
        maps, features = self.maps(images)
        pooled = [layer.mean(dim=(2, 3)) for layer in maps]
        return torch.cat([*pooled, features, self.patches(maps).flatten(1)], dim=1)

    def patches(self, maps: list[Tensor]) -> Tensor:
        """Patches (B, P, D) of two maps."""
        finer, coarser = middle([layer.shape[-1] for layer in maps], self.side)
        grid = maps[coarser].shape[-2:]
        around = [F.avg_pool2d(maps[i], 3, 1, 1, count_include_pad=False) for i in (finer, coarser)]
        if around[0].shape[-2:] != grid:
            around[0] = F.interpolate(around[0], grid, mode="bilinear", align_corners=False)
        return torch.cat(around, dim=1).flatten(2).transpose(1, 2)


def middle(grids: list[int], side: int) -> tuple[int, int]:
    """Which two depths patches are taken from: the last of a fine grid, and one before it.

    PatchCore's are those of patches of 8 and 16 pixels. Where all grids are one, as those of
    transformers, they are the middle depth and that at three quarters.

    Args:
        grids: L sides of maps, in positions.
        side: of the images, in pixels.
    """
    if len(set(grids)) == 1:
        return (len(grids) - 1) // 2, 3 * (len(grids) - 1) // 4
    coarser = max(i for i, grid in enumerate(grids) if grid * FINEST >= side or grid == max(grids))
    return max((i for i in range(coarser) if grids[i] > grids[coarser]), default=coarser), coarser


def inside(settings: Settings, side: int) -> Inside:
    """A network's section of the parameters as `Inside`.

    Args:
        settings: of the network.
        side: pixels of the squares that it is shown.

    Raises:
        InputError: an ONNX file, or a network that does not show its depths.
    """
    name = settings.weights if settings.onnx else settings.model
    network = None
    if not settings.onnx:
        network, expected = pretrained(settings.model, (3, side, side), settings.weights)
    if network is None or not hasattr(network, "forward_intermediates"):
        raise InputError(f"dissect: {name} does not show its depths; name a network of timm.")
    opened = _LaidOpen(network.eval(), side)
    with torch.inference_mode():
        maps, features = opened.maps(torch.zeros(1, 3, side, side))
        patches = tuple(opened.patches(maps).shape[1:])
    widths = tuple(layer.shape[1] for layer in (*maps, features))
    run = onnx.session(onnx.exported(opened, side))
    mean, std = (np.array(values, np.float32).reshape(1, 3, 1, 1) for values in (
        settings.mean or expected.mean, settings.std or expected.std))  # fmt: skip

    def rows(images: np.ndarray) -> np.ndarray:
        given = np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32) / np.float32(255)
        return run((given - mean) / std)

    return Inside(rows, widths, patches)
