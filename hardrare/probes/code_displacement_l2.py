"""The probe `code_displacement_l2`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="code")
def code_displacement_l2(code: torch.Tensor, previous_features: torch.Tensor) -> torch.Tensor:
    """Euclidean distance of c_t and c_(t-1). NaN in epoch 0.

    From code (B, D); previous_features (B, D); returns (B,).
    """
    return (code - previous_features).norm(dim=1)
