"""The occasional probe `gradnorm`."""

import torch

from hardrare.probes.occasional import occasional


@occasional(unit="1", when="last")
def gradnorm(features: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    """norm_1 of d KL(uniform, softmax(z)) / dW of the last layer = norm_1(h) * sum_c |p_c - 1/K|.

    Huang et al., NeurIPS 2021, arXiv:2110.00218, at temperature 1; the bias is left out as there.

    From features (B, D), logits (B, K); returns (B,), 0 upwards.
    """
    off_uniform = (logits.softmax(1) - 1 / logits.shape[1]).abs().sum(1)
    return features.abs().sum(1) * off_uniform
