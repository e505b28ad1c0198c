"""The probe `correct`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="bool")
def correct(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Whether the largest logit is the given label's.

    From logits (B, K); label (B,); returns (B,).
    """
    return logits.argmax(1) == label
