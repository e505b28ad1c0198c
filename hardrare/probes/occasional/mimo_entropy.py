"""The occasional probe `mimo_entropy`."""

import torch

from hardrare.probes.occasional import occasional
from hardrare.probes.occasional._ensemble import entropy_of_mean


@occasional(unit="nats", when="last")
def mimo_entropy(log_probabilities: torch.Tensor) -> torch.Tensor:
    """H[mean_m p_m] over the M heads, the same image in every slot (Havasi et al. 2021).

    From log_probabilities (M, B, K); returns (B,), 0..ln K.
    """
    return entropy_of_mean(log_probabilities)
