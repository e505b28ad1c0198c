"""One axis: several scores over several seeds become one place for each sample.

Each score of each seed is turned by its declared orientation and replaced by percentiles,
so that scores of any unit weigh the same. Their mean is the sample's place on the axis, or
their largest where one score is to suffice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from hardrare.errors import InputError
from hardrare.tables import Score, pick


@dataclass(frozen=True)
class Axis:
    """One axis of the ranking, a value for each of N samples.

    Attributes:
        score: `(N,)` percentile, mean or largest over the scores, mean over seeds, 0..1,
            high = more so.
        rank: `(N,)` int, 1 = most; equal scores share the smallest rank.
        spread: `(N,)` population standard deviation over the seeds of the percentile
            (over the scores taken as for `score`); NaN where there is one seed.
        member: `(N,)` bool, whether the sample is called so.
    """

    score: np.ndarray
    rank: np.ndarray
    spread: np.ndarray
    member: np.ndarray


def axis(
    name: str,
    wanted: Sequence[str],
    scores: Sequence[Score],
    *,
    share: float,
    one_suffices: bool = False,
) -> Axis:
    """An axis of scores with a declared orientation; its top `share` are members.

    Samples that tie at the edge of the top are all left out, so never more than `share`
    are members and no order of rows decides.

    Args:
        name: the axis, for messages.
        wanted: names of the scores that make it.
        scores: all label-free scores of the study.
        share: of the samples, above 0 and up to 1.
        one_suffices: a sample's place is its largest percentile over the scores, not the mean.

    Raises:
        InputError: no score, an unknown one, one whose orientation is open, or `share`
            outside its range.
    """
    if not 0 < share <= 1:
        raise InputError(f"rank.share is {share}, expected a share above 0 and up to 1.")
    chosen = _named(name, wanted, scores)
    if unsigned := [one.name for one in chosen if one.harder == "open"]:
        raise InputError(
            f"rank.{name}: {unsigned[0]} has no declared harder end; name a score that has one."
        )
    turned = [-s.values if s.harder == "low" else s.values for s in chosen]
    score, spread = place(turned, np.max if one_suffices else np.mean)
    count = round(share * len(score))
    return Axis(score, _ranks(score, "min"), spread, _ranks(score, "max") <= count)


def duplicates(
    wanted: Sequence[str], scores: Sequence[Score], *, threshold: float
) -> tuple[Axis, np.ndarray]:
    """The duplicate axis: the mean similarity; members reach the threshold.

    Similarities are of one unit, so they are averaged as they are, and not as percentiles: of two
    near copies both views must hold, and what is alike in one of them alone falls behind.

    Args:
        wanted: names of the similarity scores, whose declared end is the high one.
        scores: all label-free scores of the study.
        threshold: members have at least this mean similarity, in the scores' unit.

    Returns:
        The axis, and the mean similarity over scores and seeds `(N,)`.

    Raises:
        InputError: no score, an unknown one, or one whose declared end is not high.
    """
    chosen = _named("duplicate", wanted, scores)
    if others := [one.name for one in chosen if one.harder != "high"]:
        raise InputError(
            f"rank.duplicate: {others[0]} is no similarity by declaration; name one whose "
            "high end means alike."
        )
    by_seed = np.mean(np.broadcast_arrays(*(one.values for one in chosen)), axis=0)  # (S, N)
    similarity = by_seed.mean(axis=0)
    score, spread = place([by_seed])
    return Axis(score, _ranks(score, "min"), spread, similarity >= threshold), similarity


def _named(name: str, wanted: Sequence[str], scores: Sequence[Score]) -> list[Score]:
    """The scores of these names, in their order; at least one."""
    if not wanted:
        raise InputError(f"rank.{name} names no score; name at least one.")
    known = {one.name: one for one in scores}
    return [pick(one, known, f"rank.{name} reads label-free scores") for one in wanted]


def percentiles(values: np.ndarray) -> np.ndarray:
    """(mid-rank - 0.5) / N of each row `(..., N)`: inside 0..1, 0.5 for a constant row."""
    return (rankdata(values, axis=-1) - 0.5) / values.shape[-1]


def place(
    turned: Sequence[np.ndarray], over_scores: Callable[..., np.ndarray] = np.mean
) -> tuple[np.ndarray, np.ndarray]:
    """Place `(N,)` and its spread over seeds `(N,)` of scores `(S, N)`, or `(1, N)`, each."""
    placed = np.broadcast_arrays(*(percentiles(one) for one in turned))
    by_seed = over_scores(placed, axis=0)  # (S, N)
    if len(by_seed) < 2:
        return by_seed[0], np.full(by_seed.shape[1], np.nan)
    return by_seed.mean(axis=0), by_seed.std(axis=0)


def _ranks(score: np.ndarray, ties: str) -> np.ndarray:
    """Ranks from the highest score down, `(N,)` int from 1."""
    return rankdata(-score, method=ties).astype(np.int32)
