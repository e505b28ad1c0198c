"""The probe `displacement`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="feature^2")
def displacement(features: torch.Tensor, previous_features: torch.Tensor) -> torch.Tensor:
    """MSD_t = mean_d (h_t,d - h_(t-1),d)^2 between two epochs (Natifick's MSD). NaN in epoch 0.

    From features (B, D); previous_features (B, D); returns (B,).
    """
    return (features - previous_features).square().mean(1)
