"""The probe `strong_noise_error`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="noise^2")
def strong_noise_error(level_errors: torch.Tensor) -> torch.Tensor:
    """Mean squared error of the noise that is predicted at the strongest level.

    From level_errors (B, L), the strongest last; returns (B,), 0 upwards, 1 = nothing is predicted.
    """
    return level_errors[:, -1]
