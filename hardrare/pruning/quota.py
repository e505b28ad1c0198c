"""How many samples to keep of each part, and the first so many of each."""

from collections.abc import Callable

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning import drop
from hardrare.pruning.pool import Pool


def even(size: np.ndarray, total: int) -> np.ndarray:
    """As equal a count from each part as their sizes allow.

    The smallest part is served first, with its even share of what is left or all that it
    has; what it lacks goes to the others.

    Args:
        size: (P,) samples of each part, `total` together at least.
        total: samples to keep.

    Returns:
        (P,) counts that sum to `total`.

    Examples:
        Of 9 each part would give 3; the first has 1, so the others give 4.

        >>> even(np.array([1, 10, 10]), 9)
        array([1, 4, 4])
    """
    counts = np.zeros_like(size)
    for served, part in enumerate(np.argsort(size, kind="stable")):
        share = (total - int(counts.sum())) // (len(size) - served)
        counts[part] = min(int(size[part]), share)
    return counts


def proportional_to(size: np.ndarray, total: int) -> np.ndarray:
    """The same share of each part, by largest remainders.

    Args:
        size: (P,) samples of each part, `total` together at least.
        total: samples to keep.

    Returns:
        (P,) counts that sum to `total`.

    Examples:
        >>> proportional_to(np.array([1, 10, 10]), 9)
        array([1, 4, 4])
        >>> proportional_to(np.array([2, 10, 20]), 16)
        array([ 1,  5, 10])
    """
    exact = size * total
    counts = exact // size.sum()
    most = np.argsort(-(exact % size.sum()), kind="stable")
    counts[most[: total - int(counts.sum())]] += 1
    return counts


def first_of_each(order: np.ndarray, part: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The first samples of each part in an order.

    Args:
        order: (N,) positions, the first to keep first.
        part: (N,) part of each sample, 0..P-1.
        counts: (P,) how many to keep of each.

    Returns:
        Their positions, in that order.

    Examples:
        >>> first_of_each(np.array([3, 2, 1, 0]), np.array([0, 0, 1, 1]), np.array([1, 2]))
        array([3, 2, 1])
    """
    own = part[order]
    grouped = np.argsort(own, kind="stable")
    size = np.bincount(own, minlength=len(counts))
    rank = np.empty(len(order), np.int64)
    rank[grouped] = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    return order[rank < counts[own]]


def inside(
    rule: str, counts: Callable[[np.ndarray, int], np.ndarray], argument: str, pool: Pool
) -> list[np.ndarray]:
    """The first samples of each cluster in the order of an arm: one subset for each draw.

    Args:
        rule: of the quota, for messages.
        counts: how many of each cluster, `even` or `proportional_to`.
        argument: the arm.
        pool: the samples.

    Raises:
        InputError: as `orders`.
    """
    kept_first, cluster = orders(rule, argument, pool), pool.cluster()
    quota = counts(np.bincount(cluster), pool.keep)
    return [first_of_each(order, cluster, quota) for order in kept_first]


def orders(rule: str, argument: str, pool: Pool) -> list[np.ndarray]:
    """The orders in which the arm inside a quota keeps samples: one for each draw.

    Args:
        rule: of the quota, for messages.
        argument: the arm inside it: `random`, or one that drops an end of a score.
        pool: the samples.

    Raises:
        InputError: another arm, or what the arm itself refuses.
    """
    inner, _, rest = argument.partition("-")
    if argument == "random":
        made = [pool.generator(f"{rule}-random", draw) for draw in range(pool.draws)]
        return [generator.permutation(len(pool.label)) for generator in made]
    if inner not in drop.ENDS:
        raise InputError(
            f"prune.arms: {rule}-{argument} sets a quota for no arm that has an order; "
            f"write {rule}-<arm> with random or one of {', '.join(drop.ENDS)}."
        )
    return [drop.order(inner, rest, pool)]
