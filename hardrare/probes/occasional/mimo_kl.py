"""The occasional probe `mimo_kl`."""

import torch

from hardrare.probes.occasional import occasional
from hardrare.probes.occasional._ensemble import entropy


@occasional(unit="nats", when="last")
def mimo_kl(log_probabilities: torch.Tensor) -> torch.Tensor:
    """mean_(a != b) KL(p_a, p_b) over ordered pairs of heads (Havasi et al. 2021, D_KL).

    From log_probabilities (M, B, K), the same image in every slot; returns (B,), 0 upwards.
    """
    m = len(log_probabilities)
    own = -entropy(log_probabilities).sum(0)  # sum_a sum_c p_a ln p_a
    total = log_probabilities.sum(0)  # sum_b ln p_b
    cross = (log_probabilities.exp().sum(0) * total).sum(1)
    return ((m * own - cross) / max(m * (m - 1), 1)).clamp(min=0)
