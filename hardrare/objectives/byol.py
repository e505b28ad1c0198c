"""BYOL (Grill et al., NeurIPS 2020, arXiv:2006.07733): a momentum network.

The online network predicts the target network's projection of the other view; after every
step the target moves a share 1 - momentum towards the online one. The momentum is constant:
the paper's rise towards 1 is left out. Statistics are taken of the online network.

The per-sample loss is the mean over both directions of 2 - 2 cos(prediction of one view,
target projection of the other), 0..4.
"""

import copy
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Shared, TwoViews
from hardrare.objectives._heads import projection

WORDS = "learns to predict how a slower copy of itself describes another view of an image"


@dataclass(frozen=True)
class Settings(Shared):
    """BYOL's part of the parameters; `momentum` is the target's share of itself, 0..1."""

    hidden_size: int
    output_size: int
    momentum: float
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse a momentum that is no share."""
        if not 0 <= self.momentum <= 1:
            raise InputError(f"byol.momentum is {self.momentum}, give a share in 0..1.")


class BYOL(TwoViews):
    """Two views, each predicted from the other; features are the online backbone's output."""

    view_outputs = ("projections", "sample_loss")

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        hidden, output, width = settings.hidden_size, settings.output_size, network.width
        super().__init__(network, projection(width, hidden, output), data)
        ends = (output, hidden) if hidden else (width, width)
        self.predictor = projection(*ends, ends[0])
        self.target = copy.deepcopy(nn.Sequential(self.backbone, self.head))
        self.target.requires_grad_(False)
        self.momentum = settings.momentum

    def terms(
        self, views: list[torch.Tensor], projections: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """`sample_loss (B,)` of both directions, and its mean `batch_loss`."""
        predictions = self.predictor(projections.flatten(0, 1)).float().unflatten(0, (2, -1))
        with torch.no_grad():
            targets = torch.stack(self.target(torch.cat(views)).float().chunk(2))
        cosine = F.cosine_similarity(predictions, targets.flip(0), dim=2)  # (2, B)
        each = processes.gathered((2 - 2 * cosine).mean(0))
        return {"sample_loss": each, "batch_loss": each.mean()}

    def after_step(self) -> None:
        """Move the target's weights towards the online ones."""
        online = nn.Sequential(self.backbone, self.head)
        targets, weights = (
            [w.detach() for w in network.parameters()] for network in (self.target, online)
        )
        torch._foreach_mul_(targets, self.momentum)
        torch._foreach_add_(targets, weights, alpha=1 - self.momentum)


def build(settings: Settings, network: nn.Module, data: Data) -> BYOL:
    """The objective around a backbone."""
    return BYOL(settings, network, data)
