"""What a reviewer finds who looks at samples from the highest score down.

Samples of equal score are met in random order: every count is its expectation, so the order
of the rows never decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Review:
    """Cumulative counts at each of G distinct values, from the highest down."""

    seen: np.ndarray  # (G,) samples, the last is N
    hits: np.ndarray  # (G,) positives among them


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


def reviewed(
    down: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    weights: np.ndarray,
    size: int,
    counts: Sequence[int],
) -> np.ndarray:
    """AUPRC, and the positives found after some numbers of samples, for each weighting.

    AUPRC is the sum over thresholds of (recall gained) x precision; chance is the base rate.

    Args:
        down: `(m,)` the positives' values, from the highest down.
        lower: `(m, B)` drawn negatives below each positive.
        upper: `(m, B)` drawn negatives below or equal to it.
        weights: `(m, B)` draws of the positives.
        size: drawn negatives in all.
        counts: C numbers of samples looked at, 1..n + m.

    Returns:
        `(1 + C, B)`: AUPRC in 0..1, then expected positives among as many samples.
    """
    hits = np.cumsum(weights, axis=0, dtype=np.int32)
    above = hits - weights
    if (down[1:] == down[:-1]).any():  # those of equal value are found together
        hits = hits[np.searchsorted(-down, -down, "right") - 1]
        above = above[np.searchsorted(-down, -down, "left")]
    seen, before = hits + (size - lower), above + (size - upper)
    gained = weights * (hits / np.maximum(seen, 1, dtype=np.float64))
    results = [gained.sum(axis=0) / hits[-1]]
    columns = np.arange(weights.shape[1])
    for count in counts:
        at = (seen <= count).sum(axis=0)  # seen only grows: the first so many are found whole
        whole = np.where(at > 0, hits[at - 1, columns], 0)
        at = np.minimum(at, len(down) - 1)
        ties = np.maximum(seen[at, columns] - before[at, columns], 1)
        share = ((count - before[at, columns]) / ties).clip(0, 1)
        results.append(whole + share * (hits[at, columns] - whole).clip(0))
    return np.stack(results)


def flag_spearman(of: Review) -> float:
    """Spearman's correlation of the score with the 0/1 flag of the positives.

    With a share p of positives it stays inside -+ sqrt(3 p (1 - p)) for an untied score
    (`spearman_ceiling`), however well the score works.

    It is `flag_spearman_slope` times the distance of the AUROC from 0.5.

    Returns:
        In -1..1, NaN for a constant score.
    """
    size, positives = of.seen[-1], of.hits[-1]
    ties = np.diff(of.seen, prepend=0).astype(np.float64)
    middle = size - of.seen + (ties + 1) / 2  # mid-rank of each distinct value, 1 = lowest
    raised = (np.diff(of.hits, prepend=0) * middle).sum() / positives - (size + 1) / 2
    return float(raised / (size - positives) * flag_spearman_slope(of))


def flag_spearman_slope(of: Review) -> float:
    """By how much the flag's Spearman correlation grows with the AUROC; NaN for a constant score.

    The ranks of the positives lie above the middle by (negatives) x (AUROC - 0.5) on average.
    """
    size, positives = of.seen[-1], of.hits[-1]
    ties = np.diff(of.seen, prepend=0).astype(np.float64)
    if len(ties) == 1:
        return float("nan")
    variance = (size**2 - 1) / 12 - (ties**3 - ties).sum() / (12 * size)
    return float(np.sqrt(positives * (size - positives) / variance))


def spearman_ceiling(share: float) -> float:
    """The largest Spearman correlation of an untied score with a flag of `share` in 0..1."""
    return float(np.sqrt(3 * share * (1 - share)))
