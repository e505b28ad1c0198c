"""One axis: several scores over several seeds become one place for each sample.

Each score of each seed is turned by its declared orientation and replaced by percentiles,
so that scores of any unit weigh the same. Their mean is the sample's place, or their largest
where one score is to suffice; the axis is the percentile of this place among all samples.
Severities of defects have one unit, and the largest counts as it is.

An entry names a score, and where its metric leaves the end open, the end that counts:
`features_barlow_twins/msd_mean low`. The end is part of the parameters and never of a result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from hardrare.errors import InputError
from hardrare.numerics.ranks import percentiles
from hardrare.tables import Score, pick

BAR = 1.0  # severity from which on a sample has a defect
RUNS = ("label-free scores", "scores of runs with labels")  # what an axis is made of
DIGITS = 12  # of a place; below this is rounding, and would part what is equal


@dataclass(frozen=True)
class Axis:
    """One axis of the ranking, a value for each of N samples.

    Attributes:
        score: `(N,)` percentile, 0..1, high = more so: of the place, the mean over seeds of the
            mean or largest percentile over the scores.
        rank: `(N,)` int, 1 = most; equal scores share the smallest rank.
        spread: `(N,)` population standard deviation over the seeds of the percentile that
            each seed alone gives; NaN where there is one seed.
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
    are members and no order of rows decides. Where all scores are severities of defects, the
    members are those of which a severity reaches 1, be they none or many.

    Args:
        name: the axis, for messages.
        wanted: entries that name the scores that make it.
        scores: all scores of the study that may take part.
        share: of the samples, above 0 and up to 1.
        one_suffices: what counts is the largest percentile over the scores, not the mean.

    Raises:
        InputError: no score, an unknown one, one whose orientation is open, or `share`
            outside its range.
    """
    if not 0 < share <= 1:
        raise InputError(f"rank.share is {share}, expected a share above 0 and up to 1.")
    chosen = _named(name, wanted, scores)
    if unsigned := [score.name for score in chosen if score.harder == "open"]:
        raise InputError(
            f"rank.{name}: {unsigned[0]} has no declared harder end; write "
            f"`{unsigned[0]} low` or `{unsigned[0]} high`, or name a score that has one."
        )
    if all(score.reason for score in chosen):
        worst = np.max([score.values.max(axis=0) for score in chosen], axis=0)
        return _axis(np.round(worst, DIGITS), worst[None], worst >= BAR)
    turned = [-s.values if s.harder == "low" else s.values for s in chosen]
    placed = combined_percentiles(turned, np.max if one_suffices else np.mean)
    count = round(share * len(placed[0]))
    return _axis(*placed, _ranks(placed[0], "max") <= count)


def reasons(name: str, wanted: Sequence[str], scores: Sequence[Score]) -> list[str | None]:
    """What hurts each of N samples: its first defect in the order of the entries, or None.

    The order says what explains what: a picture that is nearly black has no sharp edge either.
    """
    named: list[str | None] = [None] * scores[0].values.shape[1]
    for defect in _named(name, wanted, scores):
        if defect.reason:
            for row in np.flatnonzero(defect.values.max(axis=0) >= BAR).tolist():
                named[row] = named[row] or defect.reason
    return named


def by_value(values: np.ndarray, member: np.ndarray) -> Axis:
    """The axis of one value for each sample `(N,)`, high = more so, and of given members."""
    placed = np.round(values, DIGITS)
    return _axis(placed, placed[None], member)


def _named(name: str, wanted: Sequence[str], scores: Sequence[Score]) -> list[Score]:
    """The scores of these entries, in their order; at least one."""
    if not wanted:
        raise InputError(f"rank.{name} names no score; name at least one.")
    known = {score.name: score for score in scores}
    return [_turned(name, entry, known) for entry in wanted]


def _turned(name: str, entry: str, known: dict[str, Score]) -> Score:
    """The score of an entry, with the end that the entry gives it."""
    wanted, _, end = entry.partition(" ")
    score = pick(wanted, known, f"rank.{name} reads {RUNS[name == 'mislabeled']}")
    if end not in ("", "low", "high"):
        raise InputError(f"rank.{name}: {entry} ends in {end}; write low or high, or nothing.")
    if end and score.harder not in ("open", end):
        raise InputError(
            f"rank.{name}: {wanted} is declared harder where {score.harder}; leave out `{end}`."
        )
    return replace(score, harder=end or score.harder)


def combined_percentiles(
    turned: Sequence[np.ndarray], over_scores: Callable[..., np.ndarray] = np.mean
) -> tuple[np.ndarray, np.ndarray]:
    """Place `(N,)`, mean over seeds, and of each seed `(S, N)`, of scores `(S, N)` or `(1, N)`.

    A place is a mean, or a largest one, of percentiles: inside 0..1, but no percentile itself.
    """
    placed = np.broadcast_arrays(*(percentiles(values) for values in turned))
    by_seed = np.round(over_scores(placed, axis=0), DIGITS)  # (S, N)
    return np.round(by_seed.mean(axis=0), DIGITS), by_seed


def _axis(placed: np.ndarray, by_seed: np.ndarray, member: np.ndarray) -> Axis:
    """The axis of a place `(N,)`, its seeds' `(S, N)`, and its members `(N,)`."""
    spread = np.full(len(placed), np.nan)
    if len(by_seed) > 1:
        spread = percentiles(by_seed).std(axis=0)
    return Axis(percentiles(placed), _ranks(placed, "min"), spread, member)


def _ranks(score: np.ndarray, ties: str) -> np.ndarray:
    """Ranks from the highest score down, `(N,)` int from 1."""
    return rankdata(-score, method=ties).astype(np.int32)
