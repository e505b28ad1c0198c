"""D2: difficulty passed along a graph of neighbours, then taken back where one was chosen.

Source: Maharana et al., ICLR 2024, arXiv:2310.07931. Forward, a sample of many difficult near
neighbours gains; in reverse, each chosen sample takes from its neighbours what it would add to
them, so that the next choice lies elsewhere. The paper takes forgetting by true labels for
difficulty; here it is any score.
"""

import heapq

import numpy as np

from hardrare.numerics.neighbours import AT_LEAST, nearest
from hardrare.pruning._registry import rule
from hardrare.pruning.double_end import band
from hardrare.pruning.pool import Pool

NEIGHBOURS, GAMMA = 5, 0.1  # of the graph, and of the reverse message: as published for CIFAR-10


@rule("D2 by {}")
def d2(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the hardest as `double_end` drops them, then one by one by passed messages.

    With s the rank of the difficulty, 0..1, and d the distance of features of unit length:
    x_i = s_i + sum_j exp(-d_ij) s_j over the neighbours j; the largest x_i is chosen, each of its
    neighbours loses exp(-`GAMMA` d_ij) x_i, and so on.

    Args:
        argument: a score `<objective>-<metric>`.
        pool: the samples.

    Raises:
        InputError: as `double_end`.
    """
    rest = band("d2", argument, pool)[::-1]  # easiest first
    difficulty = np.linspace(0, 1, len(rest))
    near = nearest(pool.features(), AT_LEAST, unit=True)  # one search for every share to keep
    graph = left(rest, near.index, near.distance)
    return [rest[passed(difficulty, *graph, pool.keep)]]


def left(
    rest: np.ndarray, neighbour: np.ndarray, distance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of each sample's neighbours that are left, (M, 5) positions and distances.

    Args:
        rest: (M,) samples that are left.
        neighbour: (N, k) of all samples, ascending by distance.
        distance: (N, k) to these.

    Returns:
        Positions in `rest`; at infinity where fewer of the k are left.
    """
    index_of = np.full(len(neighbour), -1)
    index_of[rest] = np.arange(len(rest))
    index = index_of[neighbour[rest]]
    away = np.where(index < 0, np.inf, distance[rest])
    first = np.argsort(index < 0, axis=1, kind="stable")[:, :NEIGHBOURS]
    index, away = (np.take_along_axis(values, first, axis=1) for values in (index, away))
    return np.maximum(index, 0), away


def passed(
    difficulty: np.ndarray, neighbour: np.ndarray, distance: np.ndarray, count: int
) -> np.ndarray:
    """Positions of the chosen samples, in the order in which they are chosen.

    Args:
        difficulty: (N,) 0..1.
        neighbour: (N, k) of each sample.
        distance: (N, k) to these.
        count: to choose, at most N.

    Examples:
        Sums are 1 + 0.9, 0.9 + 1 and 0.5 + 1 where neighbours are at 0: the first is chosen, the
        second (its neighbour) falls to 0, the third is next.

        >>> near = np.array([[1], [0], [0]])
        >>> passed(np.array([1, 0.9, 0.5]), near, np.zeros((3, 1)), 2)
        array([0, 2])
    """
    gain = difficulty + (np.exp(-distance) * difficulty[neighbour]).sum(axis=1)
    weight = np.exp(-GAMMA * distance)
    waiting = [(-value, at) for at, value in enumerate(gain)]
    heapq.heapify(waiting)
    chosen, taken = [], np.zeros(len(gain), bool)
    while len(chosen) < count:
        value, at = heapq.heappop(waiting)
        if taken[at] or -value != gain[at]:  # chosen already, or an entry of before
            continue
        taken[at] = True
        chosen.append(at)
        for other, share in zip(neighbour[at], weight[at], strict=True):
            gain[other] -= share * gain[at]
            if not taken[other]:
                heapq.heappush(waiting, (-gain[other], int(other)))
    return np.array(chosen)
