"""Several classifiers in one: M images in, M predictions out (MIMO).

In training the M slots hold different images, and each head learns the label of its
own slot; every image appears R times in a batch (batch repetition). At test time all
slots hold the same image, and the heads are an ensemble (Havasi et al., ICLR 2021,
arXiv:2010.06610).
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from hardrare import processes
from hardrare.errors import InputError
from hardrare.objectives import Data, Objective, normaliser, supervised

READS_LABELS = True  # so pretrain refuses it
WORDS = "one network that holds three classifiers"


@dataclass(frozen=True)
class Settings(supervised.Settings):
    """The classifier's settings, with M inputs and R repetitions of each sample in a batch."""

    inputs: int
    repetitions: int

    @property
    def images_at_once(self) -> int:
        """M."""
        return self.inputs

    def __post_init__(self) -> None:
        """Refuse fewer than two inputs or no repetition."""
        if self.inputs < 2:
            raise InputError(f"mimo.inputs is {self.inputs}, expected 2 or more.")
        if self.repetitions < 1:
            raise InputError(f"mimo.repetitions is {self.repetitions}, expected 1 or more.")


class Mimo(Objective):
    """M stacked images, M heads on one backbone; features are the backbone's output."""

    mixes = True

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        super().__init__()
        self.inputs, self.repetitions = settings.inputs, settings.repetitions
        self.normalise = normaliser(data)
        self.backbone = network  # of M C channels
        self.classifier = nn.Linear(network.width, self.inputs * data.classes)
        # Slots are filled from a generator of its own, drawn from the weights' seed.
        self.slots = torch.Generator().manual_seed(torch.initial_seed())

    def heads(self, features: torch.Tensor) -> torch.Tensor:
        """Logits (M, B, K) of features (B, D)."""
        logits = self.classifier(features).float()
        return logits.view(len(features), self.inputs, -1).transpose(0, 1)

    def features(self, slots: list[torch.Tensor]) -> torch.Tensor:
        """Features (B, D) of M images (B, C, H, W) each."""
        return self.backbone(torch.cat([self.normalise(slot) for slot in slots], dim=1))

    def log_probabilities(self, images: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (M, B, K) of every head, the same image in every slot."""
        return self.heads(self.features([images] * self.inputs)).log_softmax(2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (B, K) of the ensemble of heads."""
        return self.log_probabilities(images).logsumexp(0) - math.log(self.inputs)

    def loss(self, views: list[torch.Tensor], label: torch.Tensor) -> torch.Tensor:
        """Sum over heads of the mean cross-entropy, each slot in an order of its own."""
        images, n = views[0], len(views[0]) * self.repetitions
        orders = [
            torch.randperm(n, generator=self.slots).to(images.device) % len(images)
            for _ in range(self.inputs)
        ]
        with processes.batch(n) as own:
            slots = [images[order[own]] for order in orders]
            logits = processes.gathered(self.heads(self.features(slots)), 1)
        pairs = zip(logits, orders, strict=True)
        return sum(F.cross_entropy(logits, label[order]) for logits, order in pairs)

    def measure(self, images: torch.Tensor, label: torch.Tensor) -> dict[str, torch.Tensor]:
        """`features (B, D)`, the ensemble's `logits (B, K)`, `sample_loss (B,)`, `label (B,)`."""
        features = self.features([images] * self.inputs)
        each = self.heads(features).log_softmax(2)
        logits = each.logsumexp(0) - math.log(self.inputs)
        loss = F.nll_loss(logits, label, reduction="none")
        return {"features": features, "logits": logits, "sample_loss": loss, "label": label}


def build(settings: Settings, network: nn.Module, data: Data) -> Mimo:
    """The objective around a backbone of M C input channels."""
    return Mimo(settings, network, data)
