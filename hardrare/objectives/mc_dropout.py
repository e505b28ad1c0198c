"""Classification by a network with dropout, asked several times with dropout on.

Dropout follows every batch normalisation of the backbone (which, before a rectifier,
is the same as after it) and stands before the linear layer. At test time S passes,
with only the dropout modules in train mode, are samples of the approximate posterior
(Gal & Ghahramani, ICML 2016, arXiv:1506.02142).
"""

from dataclasses import dataclass

import torch
from torch import nn

from hardrare.errors import InputError
from hardrare.objectives import Data, supervised

READS_LABELS = True  # so pretrain refuses it
WORDS = "a classifier asked many times with parts of it switched off"


@dataclass(frozen=True)
class Settings(supervised.Settings):
    """The classifier's settings, with the dropout rate and the number S of passes."""

    rate: float
    passes: int

    def __post_init__(self) -> None:
        """Refuse a rate that is no probability and a single pass."""
        if not 0 < self.rate < 1:
            raise InputError(f"mc_dropout.rate is {self.rate}, expected between 0 and 1.")
        if self.passes < 2:
            raise InputError(f"mc_dropout.passes is {self.passes}, expected 2 or more.")


class McDropout(supervised.Supervised):
    """A classifier with dropout; `measure` and `forward` in eval mode are without it."""

    def __init__(self, settings: Settings, network: nn.Module, data: Data) -> None:
        super().__init__(with_dropout(network, settings.rate), data)
        self.classifier = nn.Sequential(nn.Dropout(settings.rate), self.classifier)
        self.passes = settings.passes

    def log_probabilities(self, images: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (S, B, K) of S passes with other masks; the module is in eval mode."""
        dropouts = [m for m in self.modules() if isinstance(m, nn.Dropout)]
        for layer in dropouts:
            layer.train()
        passes = [self(images).log_softmax(1) for _ in range(self.passes)]
        for layer in dropouts:
            layer.eval()
        return torch.stack(passes)


def with_dropout(network: nn.Module, rate: float) -> nn.Module:
    """The network itself, every batch normalisation followed by dropout."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)):
                setattr(module, name, nn.Sequential(child, nn.Dropout(rate)))
    return network


def build(settings: Settings, network: nn.Module, data: Data) -> McDropout:
    """The objective around a backbone."""
    return McDropout(settings, network, data)
