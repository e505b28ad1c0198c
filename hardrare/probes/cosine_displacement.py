"""The probe `cosine_displacement`: one value per sample and epoch."""

import torch
from torch.nn import functional as F

from hardrare.probes import probe


@probe(unit="1")
def cosine_displacement(features: torch.Tensor, previous_features: torch.Tensor) -> torch.Tensor:
    """1 - cos(h_t, h_(t-1)), in 0..2: displacement without the features' scale. NaN in epoch 0.

    From features (B, D); previous_features (B, D); returns (B,).
    """
    return 1 - F.cosine_similarity(features, previous_features, dim=1)
