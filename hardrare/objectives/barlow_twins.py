"""Barlow Twins (Zbontar et al., ICML 2021, arXiv:2103.03230): lightly's loss and head.

The loss decorrelates features over a batch and has no per-sample part:
alignment stands in for it. Both views pass the network as one batch.
"""

from dataclasses import dataclass

from lightly.loss.barlow_twins_loss import BarlowTwinsLoss
from lightly.models.modules.heads import BarlowTwinsProjectionHead
from torch import nn

from hardrare.augmentation import Views
from hardrare.objectives import Data, Shared, TwoViews, projection

WORDS = "learns to describe two random views of an image alike"


@dataclass(frozen=True)
class Settings(Shared):
    """Barlow Twins' part of the parameters."""

    hidden_size: int
    output_size: int
    off_diagonal: float  # weight of the redundancy term, lambda in the paper
    augmentation: Views


class BarlowTwins(TwoViews):
    """Two views, one batch loss; features are the backbone's output."""

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        sizes = network.width, settings.hidden_size, settings.output_size
        super().__init__(network, projection(BarlowTwinsProjectionHead, *sizes), data)
        self.criterion = BarlowTwinsLoss(settings.off_diagonal)


def build(settings: Settings, network: nn.Module, data: Data) -> BarlowTwins:
    """The objective around a backbone."""
    return BarlowTwins(settings, network, data)
