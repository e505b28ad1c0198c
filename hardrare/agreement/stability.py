"""How well a score repeats itself: between seeds, per score.

A score that another seed orders anew says little about the sample, whatever it correlates
with. Reliability is the correlation that two runs of the whole study would show.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hardrare.agreement.correlation import spearman
from hardrare.agreement.families import family
from hardrare.numerics.intervals import rank_interval, wilson
from hardrare.numerics.ranks import dense_ranks
from hardrare.numerics.review import review
from hardrare.tables import Score

NAN = float("nan")


@dataclass(frozen=True)
class Stability:
    """One score's repeatability; every number is NaN where it has one seed or is constant.

    Attributes:
        score: its name.
        family: that it belongs to.
        seeds: S.
        spearman: mean Spearman correlation over the pairs of seeds, -1..1.
        low: lower end of its 95 % interval over samples, as one pair of seeds would have it.
        high: upper end.
        overlap: mean share of one seed's top samples that are in the other's top, 0..1; two
            unrelated seeds have the top's own share.
        overlap_low: lower end of its 95 % Wilson interval, the top's samples taken as draws.
        overlap_high: upper end.
        reliability: of the mean over the S seeds, by Spearman-Brown, at most 1.
        needed: seeds whose mean would have the target reliability; infinite where seeds do
            not agree.
        needed_low: the same at the upper end of the interval.
        needed_high: the same at its lower end.
        n: samples.
    """

    score: str
    family: str
    seeds: int
    spearman: float
    low: float
    high: float
    overlap: float
    overlap_low: float
    overlap_high: float
    reliability: float
    needed: float
    needed_low: float
    needed_high: float
    n: int


def stability(score: Score, *, share: float = 0.1, target: float = 0.95) -> Stability:
    """Repeatability of one score over its seeds.

    Args:
        score: `values (S, N)`.
        share: of the samples that count as the top, at the declared harder end (the high
            one where it is open), in 0..1.
        target: the reliability to reach, in 0..1.
    """
    seeds, size = score.values.shape
    nothing = Stability(score.name, family(score.name), seeds, *[NAN] * 10, size)
    if seeds < 2:
        return nothing
    pairs = np.triu_indices(seeds, 1)
    matrix = spearman(dense_ranks(score.values), np.ones(size))
    mean = float(matrix[pairs].mean())
    if not np.isfinite(mean):
        return nothing
    turned = -score.values if score.harder == "low" else score.values
    tops = np.stack([_top(row, share) for row in turned])
    overlap = float((tops @ tops.T)[pairs].mean() / tops[0].sum())
    low, high = rank_interval(mean, size)
    return replace(
        nothing,
        spearman=mean,
        low=low,
        high=high,
        overlap=overlap,
        overlap_low=wilson(overlap, tops[0].sum())[0],
        overlap_high=wilson(overlap, tops[0].sum())[1],
        reliability=seeds * mean / (1 + (seeds - 1) * mean) if mean > 0 else NAN,
        needed=needed_seeds(mean, target),
        needed_low=needed_seeds(high, target),
        needed_high=needed_seeds(low, target),
    )


def stabilities(scores: Sequence[Score]) -> list[Stability]:
    """`stability` of each score, in their order."""
    return [stability(score) for score in scores]


def needed_seeds(correlation: float, target: float) -> float:
    """Seeds whose mean has a given reliability (Spearman 1910, Brown 1910).

    With r the correlation of two single seeds, the mean of k has reliability
    k r / (1 + (k - 1) r), so k = target (1 - r) / (r (1 - target)), rounded up.

    Args:
        correlation: r, at most 1.
        target: in 0..1, 1 excluded.

    Returns:
        At least 1; infinite where r <= 0.
    """
    if correlation <= 0:
        return float("inf")
    needed = target * (1 - correlation) / (correlation * (1 - target))
    return float(max(1, np.ceil(round(needed, 9))))


def _top(values: np.ndarray, share: float) -> np.ndarray:
    """How surely each sample is in the top: 1, 0, or shared equally by those tied at its edge."""
    size = max(1, round(share * len(values)))
    seen = review(values, np.zeros(len(values), bool)).seen
    edge = int(np.searchsorted(seen, size))  # the distinct value, from above, that fills the top
    above = seen[edge - 1] if edge else 0
    shared = (size - above) / (seen[edge] - above)
    rank = dense_ranks(-values[None])[0]
    return np.where(rank < edge, 1.0, (rank == edge) * shared)
