"""Drop one end of a score: the easy, the hard, the low or the high one.

A score over several seeds is averaged over them. Samples of equal score are dropped in a
seeded random order, so that neither their ids nor their classes decide.
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning.pool import Pool
from hardrare.tables import Score, pick


def drop_low(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the lowest values of a score `<objective>-<metric>`.

    Raises:
        InputError: the study has no such score.
    """
    return _highest(_score("drop_low", argument, pool).values.mean(axis=0), pool)


def drop_high(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the highest values of a score `<objective>-<metric>`.

    Raises:
        InputError: the study has no such score.
    """
    return _highest(-_score("drop_high", argument, pool).values.mean(axis=0), pool)


def drop_easy(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the easiest samples by the declared orientation of a score.

    Raises:
        InputError: the study has no such score, or its orientation is open.
    """
    return _highest(_hardness("drop_easy", argument, pool), pool)


def drop_hard(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the hardest samples by the declared orientation of a score.

    Raises:
        InputError: the study has no such score, or its orientation is open.
    """
    return _highest(-_hardness("drop_hard", argument, pool), pool)


def _highest(values: np.ndarray, pool: Pool) -> list[np.ndarray]:
    """Positions of the `keep` highest values; ties in a seeded random order."""
    shuffled = pool.generator("ties", 0).permutation(len(values))
    return [np.lexsort((shuffled, -values))[: pool.keep]]


def _hardness(rule: str, argument: str, pool: Pool) -> np.ndarray:
    """`(N,)`, high = harder by declaration."""
    score = _score(rule, argument, pool)
    if score.harder == "open":
        raise InputError(
            f"prune.arms: {rule}-{argument}: {score.name} has no declared harder end; "
            "use drop_low or drop_high."
        )
    values = score.values.mean(axis=0)
    return -values if score.harder == "low" else values


def _score(rule: str, argument: str, pool: Pool) -> Score:
    """The score that an arm names."""
    name = argument.replace("-", "/")
    if argument.count("-") != 1 or not all(argument.split("-")):
        raise InputError(
            f"prune.arms: {rule}-{argument} does not name a score; "
            f"write {rule}-<objective>-<metric>."
        )
    return pick(name, pool.scores, f"prune.arms {rule}-{argument}")
