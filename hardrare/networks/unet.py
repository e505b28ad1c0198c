"""A small U-Net: down to a few positions and up again, each map handed across (Ronneberger 2015).

Of features, which have one position, it is a row of layers. It takes one channel more than the
images have: the level of the noise, as `denoising` gives it.
"""

import torch
from torch import nn
from torch.nn import functional as F

GROUPS = 4  # of the normalisation, which looks at one sample alone
DEEPEST, SMALLEST = 3, 4  # halvings at most, and positions on a side after them at least


class UNet(nn.Module):
    """`forward` gives as many channels as the images have, `features` the deepest map's mean."""

    def __init__(self, shape: tuple[int, int, int], base: int) -> None:
        super().__init__()
        channels, *sides = shape
        kernel = 1 if max(sides) == 1 else 3
        depth = sum(min(sides) >> (i + 1) >= SMALLEST for i in range(DEEPEST))
        widths = [base << i for i in range(depth + 1)]
        before = [channels + 1, *widths]
        self.down = nn.ModuleList(
            _block(a, b, kernel) for a, b in zip(before, widths, strict=False)
        )
        up = list(zip(widths[1:], widths, strict=False))[::-1]
        self.up = nn.ModuleList(_block(deep + own, own, kernel) for deep, own in up)
        self.last = nn.Conv2d(base, channels, 1)
        self.width = widths[-1]

    def maps(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Maps of all depths, the finest first."""
        depths: list[torch.Tensor] = []
        for block in self.down:
            depths.append(block(F.avg_pool2d(depths[-1], 2) if depths else images))
        return depths

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Features (B, D) of images (B, C + 1, H, W)."""
        return self.maps(images)[-1].mean(dim=(2, 3))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """What is predicted (B, C, H, W) of images (B, C + 1, H, W)."""
        *across, made = self.maps(images)
        for block, own in zip(self.up, across[::-1], strict=True):
            wide = F.interpolate(made, own.shape[-2:], mode="nearest")
            made = block(torch.cat([wide, own], dim=1))
        return self.last(made)


def _block(before: int, after: int, kernel: int) -> nn.Module:
    """Two convolutions, each normalised and rectified."""
    layers: list[nn.Module] = []
    for wide in (before, after):
        layers += [nn.Conv2d(wide, after, kernel, padding=kernel // 2), nn.GroupNorm(GROUPS, after)]
        layers += [nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


def build(shape: tuple[int, int, int], base: int = 16) -> UNet:
    """The network; `base` channels at the finest depth, twice as many at each further one."""
    return UNet(shape, base)
