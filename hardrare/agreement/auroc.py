"""AUROC of many scores for many groups of positives, with bootstrap intervals.

The bootstrap is the full one, stratified: positives are drawn among positives, negatives
among negatives. Each score is sorted once; a repeat only counts how many drawn negatives
lie below each drawn positive. All scores and groups share the draws of the negatives.

The 95 % intervals held the true AUROC of normal scores in 94 % of 400 simulated studies of
60 and of 100 positives, and in 90 % of those of 20 positives at AUROC 0.92.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hardrare.agreement.resample import draws, interval
from hardrare.agreement.review import reviewed


@dataclass(frozen=True)
class Auroc:
    """AUROC of P scores and its 95 % interval, each `(P,)` in 0..1.

    `review` holds, for the scores that were reviewed, `(3, R, 1 + C)`: value, low and high end
    of AUPRC and of the positives found after each of C numbers of samples.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    review: np.ndarray


def auroc(
    values: np.ndarray,
    negative: np.ndarray,
    positive: Mapping[str, np.ndarray],
    *,
    bootstrap: int,
    seed: int,
    counts: Mapping[str, Sequence[int]] | None = None,
    review_first: int = 0,
) -> dict[str, Auroc]:
    """P(score of a positive > score of a negative), ties counted half.

    Args:
        values: `(P, N)`, finite.
        negative: positions of the negatives, at least one.
        positive: positions of each group's positives, at least one.
        bootstrap: number of bootstrap samples B.
        seed: of the bootstrap; a group's draws depend on its name and not on other groups.
        counts: for each group, numbers of samples that a reviewer looks at.
        review_first: how many of the first scores are reviewed.

    Returns:
        For each group, its AUROC for each score. A constant score has 0.5.

    Raises:
        InputError: `bootstrap` is less than 1.
    """
    counts = counts or dict.fromkeys(positive, ())
    found, tops = auroc_repeats(
        values, negative, positive, bootstrap, seed, counts=counts, review_first=review_first
    )
    return {
        name: Auroc(one[0], *interval(one[1:]), np.stack([top[0], *interval(top[1:])]))
        for (name, one), top in zip(found.items(), tops.values(), strict=True)
    }


def auroc_repeats(
    values: np.ndarray,
    negative: np.ndarray,
    positive: Mapping[str, np.ndarray],
    bootstrap: int,
    seed: int,
    *,
    counts: Mapping[str, Sequence[int]],
    review_first: int = 0,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """`auroc` and what a reviewer finds, of the sample and of each bootstrap sample.

    All scores share the draws, so differences of two scores are paired.

    Returns:
        For each group `(1 + B, P)` AUROC and `(1 + B, R, 1 + C)` of `reviewed`; first the
        sample itself.
    """
    below = _counts(len(negative), bootstrap, np.random.default_rng([seed, 0]))
    above = {
        name: _counts(len(p), bootstrap, np.random.default_rng([seed, zlib.crc32(name.encode())]))
        for name, p in positive.items()
    }
    found = {name: np.empty((bootstrap + 1, len(values))) for name in positive}
    tops = {
        name: np.empty((bootstrap + 1, review_first, 1 + len(counts[name]))) for name in positive
    }
    for k, row in enumerate(values):
        order = np.argsort(row[negative], kind="stable")
        ranked = row[negative][order]
        passed = np.zeros((len(negative) + 1, bootstrap + 1), np.int32)
        np.cumsum(below[order], axis=0, out=passed[1:])
        for name, positions in positive.items():
            own = np.argsort(-row[positions], kind="stable")
            down, drawn = row[positions][own], above[name][own]
            lower = passed[np.searchsorted(ranked, down, "left")]
            upper = passed[np.searchsorted(ranked, down, "right")]
            wins = np.einsum("mb,mb->b", lower + upper, drawn, dtype=np.float64)
            found[name][:, k] = wins / (2.0 * len(negative) * len(positions))
            if k < review_first:
                sizes = (len(negative), counts[name])
                tops[name][:, k] = reviewed(down, lower, upper, drawn, *sizes).T
    return found, tops


def _counts(size: int, repeats: int, rng: np.random.Generator) -> np.ndarray:
    """Weights `(size, 1 + repeats)` int32: all ones, then one column for each bootstrap sample."""
    columns = [np.ones(size), *draws(size, repeats, rng)]
    return np.stack(columns, axis=1).astype(np.int32)
