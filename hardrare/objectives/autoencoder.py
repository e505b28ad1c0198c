"""A convolutional autoencoder trained to the mean absolute error (L1) of its reconstruction.

Its per-sample loss is mean_pixels |x - x'|, in shares of the full pixel range
(0..1). Features are the sigmoid code.
"""

from dataclasses import dataclass

import torch
from torch import nn

from hardrare.augmentation import Augmentation
from hardrare.objectives import Data


@dataclass(frozen=True)
class Settings:
    """The autoencoder's part of the parameters."""

    network: str
    optimiser: str
    learning_rate: float
    weight_decay: float
    code_size: int
    augmentation: Augmentation | None

    @property
    def network_options(self) -> dict[str, int]:
        """What the network is built with."""
        return {"code_size": self.code_size}


class Autoencoder(nn.Module):
    """One view, reconstructed."""

    views = 1
    gradient = True

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """Mean of the per-sample losses of a batch."""
        return _sample_loss(views[0], self.network(views[0])).mean()

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """`features` and `code (B, D)`, `sample_loss (B,)`, `images` and `reconstruction`."""
        code = self.network.encode(images)
        made = self.network.decode(code)
        return {
            "features": code,
            "code": code,
            "sample_loss": _sample_loss(images, made),
            "images": images,
            "reconstruction": made,
        }

    def measure_views(self, views: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """The batch's `batch_loss`."""
        return {"batch_loss": self.loss(views)}


def _sample_loss(images: torch.Tensor, reconstruction: torch.Tensor) -> torch.Tensor:
    return (reconstruction.float() - images).abs().flatten(1).mean(1)  # (B,)


def build(settings: Settings, network: nn.Module, data: Data) -> Autoencoder:  # noqa: ARG001
    """The objective around a network with `encode` and `decode`."""
    return Autoencoder(network)
