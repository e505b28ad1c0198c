"""The occasional probe `bald`."""

import torch

from hardrare.probes.occasional import occasional
from hardrare.probes.occasional._ensemble import entropy, entropy_of_mean


@occasional(unit="nats", when="last")
def bald(log_probabilities: torch.Tensor) -> torch.Tensor:
    """H[mean_s p_s] - mean_s H[p_s]: mutual information of class and dropout mask.

    Houlsby et al. 2011; computed from log-probabilities. Rounding below 0 is set to 0.

    From log_probabilities (S, B, K); returns (B,), 0..ln K.
    """
    expected = entropy(log_probabilities).mean(0)
    return (entropy_of_mean(log_probabilities) - expected).clamp(min=0)
