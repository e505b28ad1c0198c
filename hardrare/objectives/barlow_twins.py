"""Barlow Twins (Zbontar et al., ICML 2021, arXiv:2103.03230).

The loss decorrelates features over a batch and has no per-sample part:
alignment stands in for it. Both views pass the network as one batch.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from hardrare.augmentation import Views
from hardrare.objectives import Data, Shared, TwoViews
from hardrare.objectives._heads import projection

WORDS = "learns to describe two random views of an image alike"


@dataclass(frozen=True)
class Settings(Shared):
    """Barlow Twins' part of the parameters."""

    hidden_size: int
    output_size: int
    off_diagonal: float  # weight of the redundancy term, lambda in the paper
    augmentation: Views


class CrossCorrelation(nn.Module):
    """L = sum_d (1 - C_dd)^2 + off_diagonal sum_(d != e) C_de^2, C of both views' projections.

    C_de = mean_batch z1_d z2_e of projections that are standardised over the batch.
    """

    def __init__(self, off_diagonal: float) -> None:
        super().__init__()
        self.off_diagonal = off_diagonal

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """The batch loss of two projections (B, P)."""
        left, right = (F.batch_norm(z, None, None, training=True) for z in (first, second))
        correlation = left.T @ right / len(left)
        size = len(correlation)
        between = correlation.flatten()[:-1].view(size - 1, size + 1)[:, 1:]
        own = (correlation.diagonal() - 1).square().sum()
        return own + self.off_diagonal * between.flatten().square().sum()


class BarlowTwins(TwoViews):
    """Two views, one batch loss; features are the backbone's output."""

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        sizes = network.width, settings.hidden_size, settings.output_size
        super().__init__(network, projection(*sizes, layers=3), data)
        self.criterion = CrossCorrelation(settings.off_diagonal)


def build(settings: Settings, network: nn.Module, data: Data) -> BarlowTwins:
    """The objective around a backbone."""
    return BarlowTwins(settings, network, data)
