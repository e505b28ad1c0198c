"""VICReg (Bardes et al., ICLR 2022, arXiv:2105.04906): lightly's loss.

L = invariance mean_(i,d) (z1 - z2)^2 + variance (mean_d relu(1 - sqrt(var_d + 1e-4)), mean
of the views) + covariance (sum of squared off-diagonal covariances / D, sum of the views),
each with its weight. Variance and covariance are of the batch: there is no per-sample
loss, alignment stands in for it.
"""

from dataclasses import dataclass

from lightly.loss.vicreg_loss import VICRegLoss
from torch import nn

from hardrare.augmentation import Views
from hardrare.objectives import Data, Shared, TwoViews
from hardrare.objectives._heads import projection

WORDS = "learns to describe two random views of an image alike"


@dataclass(frozen=True)
class Settings(Shared):
    """VICReg's part of the parameters; 25, 25 and 1 are the paper's weights."""

    hidden_size: int
    output_size: int
    invariance: float
    variance: float
    covariance: float
    augmentation: Views


class VICReg(TwoViews):
    """Two views, one batch loss; features are the backbone's output."""

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        sizes = network.width, settings.hidden_size, settings.output_size
        super().__init__(network, projection(*sizes, layers=3), data)
        self.criterion = VICRegLoss(settings.invariance, settings.variance, settings.covariance)


def build(settings: Settings, network: nn.Module, data: Data) -> VICReg:
    """The objective around a backbone."""
    return VICReg(settings, network, data)
