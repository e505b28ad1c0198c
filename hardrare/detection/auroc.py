"""AUROC of many scores for many groups of positives, with bootstrap intervals.

The bootstrap is the full one, stratified: positives are drawn among positives, negatives
among negatives. Each score is sorted once; a repeat only counts how many drawn negatives
lie below each drawn positive. All scores and groups share the draws of the negatives.

Near 0 and 1 a bootstrap interval is too narrow (at 1 it has no width), so every interval also
covers Newcombe's (2006), which stays wide there. Simulated with normal scores, the 95 %
intervals held the true AUROC in 93 to 99 % of studies: 60 positives at 0.76, 29 at 0.99 and
0.995, 44 at 0.98, 144 at 0.995.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hardrare.numerics.intervals import NORMAL, covering, interval, newcombe
from hardrare.numerics.ranks import share_below
from hardrare.numerics.resample import draws
from hardrare.numerics.review import reviewed


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
    repeats, tops = auroc_repeats(
        values, negative, positive, bootstrap, seed, counts=counts, review_first=review_first
    )
    return {
        name: Auroc(
            drawn[0],
            *auroc_interval(drawn, len(positive[name]), len(negative)),
            np.stack([top[0], *interval(top[1:])]),
        )
        for (name, drawn), top in zip(repeats.items(), tops.values(), strict=True)
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
    areas = {name: np.empty((bootstrap + 1, len(values))) for name in positive}
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
            areas[name][:, k] = wins / (2.0 * len(negative) * len(positions))
            if k < review_first:
                sizes = (len(negative), counts[name])
                tops[name][:, k] = reviewed(down, lower, upper, drawn, *sizes).T
    return areas, tops


def _counts(size: int, repeats: int, rng: np.random.Generator) -> np.ndarray:
    """Weights `(size, 1 + repeats)` int32: all ones, then one column for each bootstrap sample."""
    columns = [np.ones(size), *draws(size, repeats, rng)]
    return np.stack(columns, axis=1).astype(np.int32)


def auroc_interval(
    repeats: np.ndarray, positives: int, negatives: int
) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval that covers the bootstrap's and Newcombe's.

    Args:
        repeats: `(1 + B, P)` AUROC of the sample and of each bootstrap sample.
        positives: m, in the sample.
        negatives: n.

    Returns:
        Lower and upper end, `(P,)` each.
    """
    return covering(interval(repeats[1:]), newcombe(repeats[0], positives, negatives))


def analytic(values: np.ndarray, positives: int) -> np.ndarray:
    """AUROC of scores and its 95 % interval without resampling.

    The interval is the normal one by the variance of DeLong et al. (Biometrics 1988), cut at 0
    and 1, widened to cover Newcombe's.

    Args:
        values: `(P, m + n)`, finite, the positives first.
        positives: m, at least 1 and less than all.

    Returns:
        `(3, P)`: AUROC, lower and upper end.
    """
    above, below = values[:, :positives], values[:, positives:]
    estimates = np.empty((2, len(values)))
    for k, (own, other) in enumerate(zip(above, below, strict=True)):
        wins, losses = share_below(own, other), 1 - share_below(other, own)
        spread = sum(part.var(ddof=1) / len(part) for part in (wins, losses) if len(part) > 1)
        estimates[:, k] = wins.mean(), NORMAL * np.sqrt(spread)
    area, half = estimates
    normal = np.clip(area - half, 0, 1), np.clip(area + half, 0, 1)
    return np.stack([area, *covering(normal, newcombe(area, positives, below.shape[1]))])
