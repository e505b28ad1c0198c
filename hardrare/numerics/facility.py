"""Facility location: the rows to which all others lie nearest, chosen one after another."""

import numpy as np
from threadpoolctl import threadpool_limits

MISSED = 0.05  # of what a search of all rows would gain


def facility_location(
    rows: np.ndarray, count: int, rng: np.random.Generator, among: np.ndarray | None = None
) -> np.ndarray:
    """The chosen rows of stochastic greedy facility location. One thread, whatever is set.

    What grows is the sum over all rows of the cosine to the nearest chosen one, negative ones as
    0. Each step looks at `ln(1 / MISSED) * len(among) / count` rows at random that are left, and
    takes the one by which it grows most: in expectation at least 1 - 1/e - MISSED of the best
    possible sum.

    Source: Mirzasoleiman, Badanidiyuru, Karbasi, Vondrak & Krause, AAAI 2015, arXiv:1409.7938.

    Args:
        rows: (N, D) of unit length; rows of zeros are near to nothing.
        count: how many are chosen, 1 to so many as `among` allows.
        rng: of the rows that a step looks at.
        among: (M,) positions that may be chosen; all without it.

    Returns:
        (count,) positions in the order in which they were chosen.
    """
    rows = np.ascontiguousarray(rows, np.float32)
    left = np.arange(len(rows)) if among is None else np.array(among)
    looked = int(np.ceil(np.log(1 / MISSED) * len(left) / count))
    nearest, chosen = np.zeros(len(rows), np.float32), np.empty(count, np.int64)
    with threadpool_limits(1):  # another number of threads would add in another order
        for at in range(count):
            asked = rng.choice(len(left), min(looked, len(left)), replace=False)
            alike = rows @ rows[left[asked]].T
            best = int(np.maximum(alike - nearest[:, None], 0).sum(axis=0).argmax())
            np.maximum(nearest, alike[:, best], out=nearest)
            chosen[at] = left[asked[best]]
            left = np.delete(left, asked[best])
    return chosen
