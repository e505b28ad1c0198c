"""Classification: a linear layer on a backbone, cross-entropy with the given labels."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.objectives import Data, Objective, Shared, normaliser

READS_LABELS = True  # so pretrain refuses it
WORDS = "a classifier that learns the given labels"


@dataclass(frozen=True)
class Settings(Shared):
    """The classifier's part of the parameters."""

    augmentation: Views


class Supervised(Objective):
    """One view, one label; features are the backbone's output."""

    def __init__(self, network: nn.Module, data: Data) -> None:
        super().__init__()
        self.backbone = nn.Sequential(normaliser(data), network)
        self.classifier = nn.Linear(network.width, data.classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (B, K) in float32."""
        return self.classifier(self.backbone(images)).float()

    def loss(self, views: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy of a batch."""
        return F.cross_entropy(processes.gathered(self(views[0])), label)

    def measure(self, images: torch.Tensor, label: torch.Tensor) -> dict[str, torch.Tensor]:
        """`features (B, D)`, `logits (B, K)`, `sample_loss (B,)`, `label (B,)`."""
        features = self.backbone(images)
        logits = self.classifier(features).float()
        loss = F.cross_entropy(logits, label, reduction="none")
        return {"features": features, "logits": logits, "sample_loss": loss, "label": label}


def build(settings: Settings, network: nn.Module, data: Data) -> Supervised:  # noqa: ARG001
    """The objective around a backbone."""
    return Supervised(network, data)
