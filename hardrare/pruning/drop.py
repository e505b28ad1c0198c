"""Drop one end of a score: the easy, the hard, the low or the high one.

`drop_easy` is what others call keep hard, `drop_hard` is keep easy. With the metric
`prototype_distance` it is pruning by self-supervised prototypes (Sorscher et al.,
NeurIPS 2022, arXiv:2206.14486). A score over several seeds is averaged over them. Samples
of equal score are dropped in a seeded random order, so that neither their ids nor their
classes decide.
"""

from collections.abc import Callable

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool
from hardrare.tables import Score, pick


@rule("without the lowest {}")
def drop_low(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the lowest values of a score `<objective>-<metric>`.

    Raises:
        InputError: the study has no such score.
    """
    return [order("drop_low", argument, pool)[: pool.keep]]


@rule("without the highest {}")
def drop_high(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the highest values of a score `<objective>-<metric>`.

    Raises:
        InputError: the study has no such score.
    """
    return [order("drop_high", argument, pool)[: pool.keep]]


@rule("without the easiest by {}")
def drop_easy(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the easiest samples by the declared orientation of a score.

    Raises:
        InputError: the study has no such score, or its orientation is open.
    """
    return [order("drop_easy", argument, pool)[: pool.keep]]


@rule("without the hardest by {}")
def drop_hard(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the hardest samples by the declared orientation of a score.

    Raises:
        InputError: the study has no such score, or its orientation is open.
    """
    return [order("drop_hard", argument, pool)[: pool.keep]]


def order(rule: str, argument: str, pool: Pool) -> np.ndarray:
    """All N positions, the first to keep first, by a rule of ENDS; ties in a random order."""
    value = ENDS[rule](rule, argument, pool)
    shuffled = pool.generator("ties", 0).permutation(len(value))
    return np.lexsort((shuffled, -value))


def hardness(rule: str, argument: str, pool: Pool) -> np.ndarray:
    """`(N,)` mean of a score over its seeds, turned so that high = harder by declaration.

    Args:
        rule: that asks, for messages.
        argument: `<objective>-<metric>`.
        pool: the samples.

    Raises:
        InputError: the study has no such score, or its orientation is open.
    """
    score = _score(rule, argument, pool)
    if score.harder == "open":
        raise InputError(
            f"prune.arms: {rule}-{argument}: {score.name} has no declared harder end; "
            "use drop_low or drop_high."
        )
    values = score.values.mean(axis=0)
    return -values if score.harder == "low" else values


def _easiness(rule: str, argument: str, pool: Pool) -> np.ndarray:
    return -hardness(rule, argument, pool)


def _value(rule: str, argument: str, pool: Pool) -> np.ndarray:
    return _score(rule, argument, pool).values.mean(axis=0)


def _lowness(rule: str, argument: str, pool: Pool) -> np.ndarray:
    return -_value(rule, argument, pool)


def _score(rule: str, argument: str, pool: Pool) -> Score:
    """The score that an arm names."""
    name = argument.replace("-", "/")
    if argument.count("-") != 1 or not all(argument.split("-")):
        raise InputError(
            f"prune.arms: {rule}-{argument} does not name a score; "
            f"write {rule}-<objective>-<metric>."
        )
    return pick(name, pool.scores, f"prune.arms {rule}-{argument}")


# Of each rule, what the kept samples have most of.
ENDS: dict[str, Callable[[str, str, Pool], np.ndarray]] = {
    "drop_easy": hardness,
    "drop_hard": _easiness,
    "drop_low": _value,
    "drop_high": _lowness,
}
