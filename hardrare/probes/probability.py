"""The probe `probability`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="1")
def probability(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Softmax probability of the given label, in 0..1.

    From logits (B, K); label (B,); returns (B,).
    """
    return logits.softmax(1).gather(1, label[:, None])[:, 0]
