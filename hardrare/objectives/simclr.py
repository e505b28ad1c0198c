"""SimCLR (Chen et al., ICML 2020, arXiv:2002.05709), with or without hard negatives.

Similarities are lightly's NT-Xent; here is only the cross-entropy of its rows, which can
weigh hard negatives and correct for false ones (Robinson et al., ICLR 2021,
arXiv:2010.04592). With beta = 0 and tau_plus = 0 it is the plain NT-Xent.

The per-sample loss is the mean of the sample's two rows, one for each view. It depends on
the batch, whose other samples are the negatives.
"""

import math
from dataclasses import dataclass

import torch
from lightly.loss.ntx_ent_loss import NTXentLoss
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Shared, TwoViews
from hardrare.objectives._heads import projection

WORDS = "learns to tell two random views of an image from those of other images"


@dataclass(frozen=True)
class Settings(Shared):
    """SimCLR's part of the parameters.

    Attributes:
        temperature: tau of the similarities, above 0.
        beta: how strongly near negatives weigh, 0 = all alike.
        tau_plus: assumed share of negatives that are of the sample's own class, 0 = none.
    """

    hidden_size: int
    output_size: int
    temperature: float
    beta: float
    tau_plus: float
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.temperature <= 0:
            raise InputError(f"simclr.temperature is {self.temperature}, it must be positive.")
        if self.beta < 0:
            raise InputError(f"simclr.beta is {self.beta}, it must be 0 or above.")
        if not 0 <= self.tau_plus < 1:
            raise InputError(f"simclr.tau_plus is {self.tau_plus}, give a share of 0..1, below 1.")


class HardNegatives(nn.Module):
    """Cross-entropy of rows of logits with one positive each, negatives weighed by hardness.

    With l = similarity / temperature, M negatives a row:
    L = -ln(e^l+ / (e^l+ + G)), G = max((W - tau_plus M e^l+) / (1 - tau_plus), M e^(-1/tau)),
    W = M sum_j w_j e^l_j / sum_j w_j with w_j = e^(beta l_j).
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.temperature = settings.temperature
        self.beta, self.tau_plus = settings.beta, settings.tau_plus

    def forward(self, logits: torch.Tensor, positive: torch.Tensor) -> torch.Tensor:
        """Losses (R,) of logits (R, 1 + M) whose columns `positive (R,)` are the positives."""
        logits, count = logits.float(), logits.shape[1] - 1
        top = logits.amax(1)  # every exponential is taken relative to it
        own = logits.gather(1, positive[:, None])[:, 0]
        others = logits.scatter(1, positive[:, None], -torch.inf)
        weighed = ((1 + self.beta) * others).logsumexp(1) - self._mean_weight(others, count)
        match = (own - top).exp()
        negatives = (weighed - top).exp() - self.tau_plus * count * match
        floor = count * (-1 / self.temperature - top).exp()
        negatives = (negatives / (1 - self.tau_plus)).maximum(floor)
        return (match + negatives).log() - (own - top)

    def _mean_weight(self, others: torch.Tensor, count: int) -> torch.Tensor:
        """Log of the mean of the weights w_j (R,)."""
        if self.beta == 0:  # where the positive, at -inf, would count as 0 times infinity
            return torch.zeros_like(others[:, 0])
        return (self.beta * others).logsumexp(1) - math.log(count)


class SimCLR(TwoViews):
    """Two views; each is told from all other samples of the batch by its partner."""

    view_outputs = ("projections", "sample_loss")

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        sizes = network.width, settings.hidden_size, settings.output_size
        super().__init__(network, projection(*sizes, normalised=True), data)
        self.criterion = NTXentLoss(settings.temperature)
        self.criterion.cross_entropy = HardNegatives(settings)

    def terms(
        self,
        views: list[torch.Tensor],  # noqa: ARG002
        projections: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """`sample_loss (B,)` of projections (2, B, P), and its mean `batch_loss`."""
        rows = self.criterion(*processes.gathered(projections, 1))  # (2B,)
        each = torch.stack(rows.chunk(2)).mean(0)
        return {"sample_loss": each, "batch_loss": each.mean()}


def build(settings: Settings, network: nn.Module, data: Data) -> SimCLR:
    """The objective around a backbone."""
    return SimCLR(settings, network, data)
