"""Barlow Twins (Zbontar et al., ICML 2021, arXiv:2103.03230): lightly's loss and head.

The loss decorrelates features over a batch and has no per-sample part:
alignment stands in for it. Both views pass the network as one batch.
"""

from dataclasses import dataclass

import torch
from lightly.loss.barlow_twins_loss import BarlowTwinsLoss
from lightly.models.modules.heads import BarlowTwinsProjectionHead
from torch import nn

from hardrare.augmentation import Augmentation
from hardrare.objectives import Data, normaliser


@dataclass(frozen=True)
class Settings:
    """Barlow Twins' part of the parameters."""

    network: str
    optimiser: str
    learning_rate: float
    weight_decay: float
    hidden_size: int
    output_size: int
    off_diagonal: float  # weight of the redundancy term, lambda in the paper
    augmentation: Augmentation


class BarlowTwins(nn.Module):
    """Two views, one batch loss; features are the backbone's output."""

    views = 2
    gradient = True

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        super().__init__()
        self.backbone = nn.Sequential(normaliser(data), network)
        self.head = BarlowTwinsProjectionHead(
            network.width, settings.hidden_size, settings.output_size
        )
        self.criterion = BarlowTwinsLoss(settings.off_diagonal)

    def project(self, views: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Projections (B, P) in float32 of each of the two views."""
        first, second = self.head(self.backbone(torch.cat(views))).float().chunk(2)
        return first, second

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """The Barlow Twins loss of a batch of two views."""
        return self.criterion(*self.project(views))

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """`features (B, D)`."""
        return {"features": self.backbone(images)}

    def measure_views(self, views: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """`projections (2, B, P)` and the batch's `batch_loss`."""
        first, second = self.project(views)
        loss = self.criterion(first, second)
        return {"projections": torch.stack((first, second)), "batch_loss": loss}


def build(settings: Settings, network: nn.Module, data: Data) -> BarlowTwins:
    """The objective around a backbone."""
    return BarlowTwins(settings, network, data)
