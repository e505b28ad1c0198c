"""The probe `code_displacement_l1`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="code")
def code_displacement_l1(code: torch.Tensor, previous_features: torch.Tensor) -> torch.Tensor:
    """sum_j |c_t,j - c_(t-1),j| between two epochs. NaN in epoch 0.

    From code (B, D); previous_features (B, D); returns (B,).
    """
    return (code - previous_features).abs().sum(1)
