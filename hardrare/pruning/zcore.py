"""ZCore: random points of the feature space vote for the sample that lies nearest to them.

Source: Griffin, Marks & Corso, 2024, arXiv:2411.15349. A sample gains where it covers what few
others do, and loses where one that covers lies beside it. No label, no training. The paper draws
a million points; twice as many as there are samples rank nearly alike and take a minute for
50,000.
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.points import points
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool

DIMENSIONS, BESIDE, POWER = 2, 1000, 4  # as published
POINTS = 2  # drawn for each sample


@rule("what covers the features (ZCore)")
def zcore(argument: str, pool: Pool) -> list[np.ndarray]:
    """The samples of highest score; see `covering`.

    Raises:
        InputError: it is given an argument, or the features are no finite matrix.
    """
    if argument:
        raise InputError(f"prune.arms: zcore takes no argument, got zcore-{argument}.")
    rows = points(pool.features())
    score = covering(rows, POINTS * len(rows), pool.generator("zcore", 0))
    return [np.argsort(-score, kind="stable")[: pool.keep]]


def covering(rows: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Score (N,) of each sample: high = covers what others do not.

    It begins at random in 0..1. Each draw takes two features at random and a point of them from
    the triangular distribution of their least, median and largest value. The sample nearest to
    the point (L1) gains 1; the 1,000 nearest to that sample lose 1 together, in proportion to
    distance^-4, a copy of it all of that.

    Args:
        rows: (N, D), N at least 2.
        draws: how many points.
        rng: of the points and of the beginning.
    """
    low, middle, high = rows.min(axis=0), np.median(rows, axis=0), rows.max(axis=0)
    columns, beside = np.ascontiguousarray(rows.T), min(BESIDE, len(rows) - 1)
    score = rng.random(len(rows))
    varied = np.flatnonzero(high > low)
    for _ in range(draws if len(varied) else 0):
        chosen = rng.choice(varied, min(DIMENSIONS, len(varied)), replace=False)
        point = rng.triangular(low[chosen], middle[chosen], high[chosen])
        nearest = int(_distance(columns, chosen, point).argmin())
        score[nearest] += 1
        away = _distance(columns, chosen, rows[nearest, chosen])
        away[nearest] = np.inf
        near = np.argpartition(away, beside - 1)[:beside]
        if not away[near].min():
            score[near[away[near].argmin()]] -= 1
            continue
        penalty = (away[near].min() / away[near]) ** POWER
        score[near] -= penalty / penalty.sum()
    return score


def _distance(columns: np.ndarray, chosen: np.ndarray, point: np.ndarray) -> np.ndarray:
    """L1 distance (N,) of all samples to a point, by the features chosen."""
    return sum(np.abs(columns[axis] - at) for axis, at in zip(chosen, point, strict=True))
