"""The occasional probe `mimo_disagreement`."""

import torch

from hardrare.probes.occasional import occasional


@occasional(unit="share", when="last")
def mimo_disagreement(log_probabilities: torch.Tensor) -> torch.Tensor:
    """Share of the M (M - 1) / 2 pairs of heads whose likeliest classes differ.

    Havasi et al. 2021, D_disagreement.

    From log_probabilities (M, B, K), the same image in every slot; returns (B,), 0..1.
    """
    said = log_probabilities.argmax(2)  # (M, B)
    differs = (said[:, None] != said[None]).float().sum((0, 1))
    return differs / max(len(said) * (len(said) - 1), 1)
