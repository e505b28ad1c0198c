"""The probe `augmentation_variance`: one value per sample, after the last epoch."""

import torch

from hardrare.probes import probe


@probe(unit="feature^2")
def augmentation_variance(view_features: torch.Tensor) -> torch.Tensor:
    """mean_v mean_d (h_v,d - mean_v h_v,d)^2 over V augmented views. NaN before the last epoch.

    From view_features (V, B, D); returns (B,).
    """
    return view_features.var(0, correction=0).mean(1)
