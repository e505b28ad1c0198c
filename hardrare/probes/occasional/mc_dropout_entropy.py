"""The occasional probe `mc_dropout_entropy`."""

import torch

from hardrare.probes.occasional import occasional
from hardrare.probes.occasional._ensemble import entropy_of_mean


@occasional(unit="nats", when="last")
def mc_dropout_entropy(log_probabilities: torch.Tensor) -> torch.Tensor:
    """H[mean_s p_s]: predictive entropy over S passes with dropout on (Gal & Ghahramani 2016).

    From log_probabilities (S, B, K); returns (B,), 0..ln K.
    """
    return entropy_of_mean(log_probabilities)
