"""What a reviewer finds who looks at samples from the highest score down.

Samples of equal score are met in random order: every count is its expectation, so the order
of the rows never decides.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Review:
    """Cumulative counts at each of G distinct values, from the highest down."""

    seen: np.ndarray  # (G,) samples, the last is N
    found: np.ndarray  # (G,) positives among them


def review(values: np.ndarray, positive: np.ndarray) -> Review:
    """Sort samples from the highest value down and count.

    Args:
        values: `(N,)`, finite.
        positive: `(N,)` bool.
    """
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    return Review(ends + 1, np.cumsum(positive[order])[ends])


def average_precision(of: Review) -> float:
    """AUPRC as sum over thresholds of (recall gained) x precision; in 0..1, chance = base rate."""
    gained = np.diff(of.found, prepend=0)
    return float((gained * of.found / of.seen).sum() / of.found[-1])


def precision_recall(of: Review, count: int) -> tuple[float, float]:
    """Precision and recall in 0..1 after `count` samples, 1..N."""
    found = np.interp(count, np.append(0, of.seen), np.append(0, of.found))
    return float(found / count), float(found / of.found[-1])


def flag_spearman(of: Review) -> float:
    """Spearman's correlation of the score with the 0/1 flag of the positives.

    With a share p of positives it stays inside -+ sqrt(3 p (1 - p)) for an untied score
    (`spearman_ceiling`), however well the score works.

    Returns:
        In -1..1, NaN for a constant score.
    """
    size, share = of.seen[-1], of.found[-1] / of.seen[-1]
    ties = np.diff(of.seen, prepend=0).astype(np.float64)
    variance = (size**2 - 1) / 12 - (ties**3 - ties).sum() / (12 * size)
    if len(of.seen) == 1:
        return float("nan")
    middle = size - of.seen + (ties + 1) / 2  # mid-rank of each distinct value, 1 = lowest
    raised = (np.diff(of.found, prepend=0) * middle).sum() / of.found[-1] - (size + 1) / 2
    return float(raised * np.sqrt(share / (1 - share) / variance))


def spearman_ceiling(share: float) -> float:
    """The largest Spearman correlation of an untied score with a flag of `share` in 0..1."""
    return float(np.sqrt(3 * share * (1 - share)))
