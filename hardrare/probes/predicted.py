"""The probe `predicted`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="class")
def predicted(logits: torch.Tensor) -> torch.Tensor:
    """The class with the largest logit, 0..K - 1.

    From logits (B, K); returns (B,).
    """
    return logits.argmax(1)
