"""The probe `reconstruction_uncertainty`: one value per sample, after the last epoch."""

import torch

from hardrare.probes import probe


@probe(unit="pixel range^2")
def reconstruction_uncertainty(masked_reconstructions: torch.Tensor) -> torch.Tensor:
    """mean_pixels var_s x'_s, population variance over S masks, of dropout or of what is hidden.

    NaN before the last epoch.
    From masked_reconstructions (S, B, C, H, W); returns (B,).
    """
    return masked_reconstructions.var(0, correction=0).flatten(1).mean(1)
