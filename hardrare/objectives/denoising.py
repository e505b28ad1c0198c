"""Noise is added to an image and predicted by a U-Net: how typical the image is, cheaply.

The loss of diffusion models (Ho, Jain & Abbeel, NeurIPS 2020, arXiv:2006.11239) at a few levels s:

    L_s = mean_pixels (e - e'(x + s e, s))^2, e normal, e' the network's prediction,

L their mean. What the network has not learnt to tell from noise has a large one (denoising as a
test for what lies outside: Graham et al., CVPR workshops 2023, arXiv:2211.07740). Always
predicting 0 has L = 1.

Training draws a level and a noise for each image. Measuring takes every level with a few noises
that are drawn with the weights and then kept, the same for all samples and epochs, so that a
sample's loss depends on no other sample. Features are the mean of the U-Net's deepest map, of
the image without noise.
"""

from dataclasses import dataclass

import torch
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Objective, Shared, normaliser

DRAWS = 2  # noises of each level that measuring averages over

WORDS = "learns to tell noise that was added to an image from the image"


@dataclass(frozen=True)
class Settings(Shared):
    """The denoiser's part of the parameters.

    Attributes:
        base: channels of the U-Net at its finest depth, a multiple of 4.
        levels: deviations of the noise, in those of the pixels, ascending, each above 0.
    """

    base: int
    levels: list[float]
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse levels that are none or fall, and a base that the normalisation cannot split."""
        if not self.levels or min(self.levels) <= 0 or sorted(self.levels) != self.levels:
            value = self.levels
            raise InputError(f"denoising.levels is {value}, expected ascending ones above 0.")
        if self.base < 4 or self.base % 4:
            raise InputError(f"denoising.base is {self.base}, expected a multiple of 4.")

    @property
    def network_options(self) -> dict[str, int]:
        """What the network is built with."""
        return {"base": self.base}


class Denoising(Objective):
    """One view, and the noise that was added to it."""

    gradient = True

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        super().__init__()
        self.normalise, self.network = normaliser(data), network
        self.register_buffer("levels", torch.tensor(settings.levels))
        self.register_buffer("noises", torch.randn(len(self.levels) * DRAWS, *data.shape))

    def error(self, images: torch.Tensor, level: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """Mean squared error (B,) of the noise (B, C, H, W) that is predicted at levels (B,)."""
        given = images + level.view(-1, 1, 1, 1) * noise
        made = self.network(_with_level(given, level)).float()
        return (made - noise).square().flatten(1).mean(1)

    def level_errors(self, images: torch.Tensor) -> torch.Tensor:
        """The errors (B, L) at each level, mean over the noises that are kept."""
        pixels, each = self.normalise(images), []
        for level, noises in zip(self.levels, self.noises.split(DRAWS), strict=True):
            levels = level.expand(len(images))
            errors = [self.error(pixels, levels, noise.expand_as(pixels)) for noise in noises]
            each.append(torch.stack(errors).mean(0))
        return torch.stack(each, dim=1)

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """Mean of the per-sample losses of a batch."""
        if not self.training:
            return processes.gathered(self.level_errors(views[0]).mean(1)).mean()
        pixels = self.normalise(views[0])
        drawn = processes.drawn(torch.rand_like, pixels[:, 0, 0, 0].contiguous())
        level = self.levels[(drawn * len(self.levels)).long().clamp(max=len(self.levels) - 1)]
        noise = processes.drawn(torch.randn_like, pixels)
        return processes.gathered(self.error(pixels, level, noise)).mean()

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """`features (B, D)`, `level_errors (B, L)` and their mean `sample_loss (B,)`."""
        pixels, errors = self.normalise(images), self.level_errors(images)
        features = self.network.features(_with_level(pixels, pixels.new_zeros(len(pixels))))
        return {"features": features, "level_errors": errors, "sample_loss": errors.mean(1)}


def _with_level(images: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
    """Images (B, C + 1, H, W) whose last channel is the level (B,) everywhere."""
    return torch.cat([images, level.view(-1, 1, 1, 1).expand_as(images[:, :1])], dim=1)


def build(settings: Settings, network: nn.Module, data: Data) -> Denoising:
    """The objective around a U-Net."""
    return Denoising(settings, network, data)
