"""The probe `kl`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="nats")
def kl(kl: torch.Tensor) -> torch.Tensor:
    """KL divergence of the code's distribution from a standard normal, as the objective defines it.

    From kl (B,); returns (B,).
    """
    return kl
