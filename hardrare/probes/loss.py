"""The probe `loss`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="nats or pixel range")
def loss(sample_loss: torch.Tensor) -> torch.Tensor:
    """The objective's loss of the sample alone, as the objective defines it.

    From sample_loss (B,); returns (B,).
    """
    return sample_loss
