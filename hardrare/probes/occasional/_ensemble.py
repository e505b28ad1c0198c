"""Log-probabilities of several passes or heads (S, B, K), reduced in log space."""

import math

import torch


def mean(log_probabilities: torch.Tensor) -> torch.Tensor:
    """Mean over passes: ln mean_s p_s, (S, B, K) to (B, K)."""
    return log_probabilities.logsumexp(0) - math.log(len(log_probabilities))


def entropy(log_probability: torch.Tensor) -> torch.Tensor:
    """H = -sum_c p_c ln p_c in nats over the last axis; 0 ln 0 = 0."""
    return -torch.special.xlogy(log_probability.exp(), log_probability.exp()).sum(-1)


def entropy_of_mean(log_probabilities: torch.Tensor) -> torch.Tensor:
    """H[mean_s p_s], (S, B, K) to (B,) nats, 0..ln K."""
    return entropy(mean(log_probabilities))
