"""A convolutional autoencoder trained to a loss of its reconstruction.

Its per-sample loss is, with x' the reconstruction and pixels in shares of the full range:

- `l1`: mean_pixels |x - x'|, 0..1 (the study's);
- `l2`: mean_pixels (x - x')^2, 0..1;
- `ssim`: 1 - SSIM(x, x'), 0..2.

Features are the sigmoid code.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Objective, Shared, reconstructed
from hardrare.probes.ssim import ssim

WORDS = "squeezes each image through a few numbers and learns to rebuild it"


@dataclass(frozen=True)
class Settings(Shared):
    """The autoencoder's part of the parameters; `dropout` is of its hidden layers, 0 = none."""

    code_size: int
    loss: Literal["l1", "l2", "ssim"]
    dropout: float
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse a rate that is no probability."""
        if not 0 <= self.dropout < 1:
            raise InputError(
                f"autoencoder.dropout is {self.dropout}, give a rate of 0..1, below 1."
            )

    @property
    def network_options(self) -> dict[str, float]:
        """What the network is built with."""
        return {"code_size": self.code_size, "dropout": self.dropout}


class Autoencoder(Objective):
    """One view, reconstructed."""

    gradient = True
    reconstructs = True

    def __init__(self, settings: Settings, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.kind = settings.loss

    def sample_loss(self, images: torch.Tensor, reconstruction: torch.Tensor) -> torch.Tensor:
        """The loss (B,) of each sample."""
        made = reconstruction.float()
        if self.kind == "ssim":
            return 1 - ssim(images, made)
        error = (made - images).flatten(1)
        return (error.abs() if self.kind == "l1" else error.square()).mean(1)

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """Mean of the per-sample losses of a batch."""
        return processes.gathered(self.sample_loss(views[0], self.reconstruct(views[0]))).mean()

    def reconstruct(self, images: torch.Tensor) -> torch.Tensor:
        """Reconstructions (B, C, H, W)."""
        return self.network(images)

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """`features` and `code (B, D)`, `sample_loss (B,)`, image and reconstruction."""
        code = self.network.encode(images)
        made = self.network.decode(code)
        return {
            "features": code,
            "code": code,
            "sample_loss": self.sample_loss(images, made),
            **reconstructed(images, made),
        }


def build(settings: Settings, network: nn.Module, data: Data) -> Autoencoder:  # noqa: ARG001
    """The objective around a network with `encode` and `decode`."""
    return Autoencoder(settings, network)
