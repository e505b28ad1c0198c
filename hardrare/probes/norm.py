"""The probe `norm`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="feature^2")
def norm(features: torch.Tensor) -> torch.Tensor:
    """mean_d h_d^2 of the features: what the first study measured under the name MSD.

    From features (B, D); returns (B,).
    """
    return features.square().mean(1)
