"""Triplets: views of a class come together, the nearest of other classes are pushed away.

The loss of FaceNet (Schroff et al., CVPR 2015, arXiv:1503.03832) with batch-hard mining (Hermans,
Beyer & Leibe 2017, arXiv:1703.07737): of an anchor a, a view of a sample,

    L = max(max_p norm(z_a - z_p) - min_n norm(z_a - z_n) + margin, 0),

p over the other views of its class in the batch, n over the views of other classes, z projections
of unit length. Where labels are given a class is a label, otherwise each image is a class of its
own: its other view is the positive. The per-sample loss is the mean of the sample's two anchors;
it depends on the batch.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data, Shared, TwoViews
from hardrare.objectives._heads import projection

WORDS = "learns to set each image apart from the one that looks most like it"
FARTHEST = 2.0  # between points of unit length, of an anchor without any negative


@dataclass(frozen=True)
class Settings(Shared):
    """The triplets' part of the parameters; `margin` is a distance on the unit sphere, 0..2."""

    hidden_size: int
    output_size: int
    margin: float
    augmentation: Views

    def __post_init__(self) -> None:
        """Refuse a margin that no two points can have."""
        if not 0 < self.margin <= FARTHEST:
            raise InputError(f"triplet.margin is {self.margin}, expected above 0 and up to 2.")


class Triplet(TwoViews):
    """Two views; the farthest of the own class and the nearest of the others make the triplet."""

    view_outputs = (
        "projections", "sample_loss", "hardest_positive_distance", "hardest_negative_distance",
    )  # fmt: skip

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        sizes = network.width, settings.hidden_size, settings.output_size
        super().__init__(network, projection(*sizes, normalised=True), data)
        self.criterion = nn.TripletMarginLoss(settings.margin, reduction="none")

    def terms(
        self,
        views: list[torch.Tensor],  # noqa: ARG002
        projections: torch.Tensor,
        label: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Loss and mined distances (B,) of projections (2, B, P), and the mean `batch_loss`."""
        whole = F.normalize(processes.gathered(projections, 1), dim=2)
        ids = torch.arange(whole.shape[1], device=whole.device) if label is None else label
        z, ids = whole.flatten(0, 1), ids.repeat(2)  # (2B, P), (2B,)
        positive, negative = hardest(z.detach(), ids)
        lost = self.criterion(z, z[positive], z[negative])
        lone = (ids[:, None] == ids).all(1)  # of a batch of one class, which has no triplet
        far = torch.full_like(lost, FARTHEST).detach()
        apart = {
            "sample_loss": torch.where(lone, lost * 0, lost),
            "hardest_positive_distance": (z - z[positive]).norm(dim=1),
            "hardest_negative_distance": torch.where(lone, far, (z - z[negative]).norm(dim=1)),
        }
        each = {name: torch.stack(values.chunk(2)).mean(0) for name, values in apart.items()}
        return each | {"batch_loss": each["sample_loss"].mean()}

    def loss(self, views: list[torch.Tensor], label: torch.Tensor | None = None) -> torch.Tensor:
        """The batch loss of two views, by classes where labels are given."""
        return self.terms(views, self.project(views), label)["batch_loss"]

    def measure_views(
        self, views: list[torch.Tensor], label: torch.Tensor | None = None
    ) -> dict[str, torch.Tensor]:
        """`projections (2, B, P)` and the terms of the loss."""
        projections = self.project(views)
        whole = processes.gathered(projections, 1)
        return {"projections": whole, **self.terms(views, projections, label)}


def hardest(z: torch.Tensor, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each anchor the farthest other row of its class and the nearest of another one.

    Args:
        z: (M, P) of unit length.
        ids: (M,) classes, each at least twice.

    Returns:
        Two (M,) of row numbers; the second is any row where there is no other class.
    """
    cosine, same = z @ z.T, ids[:, None] == ids
    own = torch.eye(len(z), dtype=torch.bool, device=z.device)
    positive = cosine.masked_fill(~same | own, torch.inf).argmin(1)
    return positive, cosine.masked_fill(same, -torch.inf).argmax(1)


def build(settings: Settings, network: nn.Module, data: Data) -> Triplet:
    """The objective around a backbone."""
    return Triplet(settings, network, data)
