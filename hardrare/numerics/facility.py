"""Facility location: the rows to which all others lie nearest, chosen one after another."""

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.numerics.blocks import row_blocks

UNIT = 1e-3  # how far from 1 a length may lie
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

    Raises:
        InputError: rows that are no matrix, not finite or not of unit length, a count that they do
            not allow, or positions that are none of theirs or stand twice.
    """
    rows = np.ascontiguousarray(rows, np.float32)
    left = np.arange(len(rows)) if among is None else np.array(among)
    _refuse(rows, left, count)
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


def _refuse(rows: np.ndarray, left: np.ndarray, count: int) -> None:
    """Refuse rows, positions or a count of which nothing could be chosen."""
    if rows.ndim != 2 or not rows.shape[1]:
        raise InputError(f"facility location takes rows (N, D), these are {rows.shape}; reshape.")
    if not isinstance(count, int | np.integer) or not 1 <= count <= len(left):
        raise InputError(
            f"facility location cannot choose {count} of {len(left):,} rows; give a whole number "
            "from 1 to theirs."
        )
    within = left.dtype.kind in "iu" and left.min() >= 0 and left.max() < len(rows)
    if not within or len(np.unique(left)) != len(left):
        raise InputError(
            f"among names a row twice, or one that is none of {len(rows):,}; give whole numbers "
            "from 0, each once."
        )
    for block in row_blocks(len(rows), 8 * rows.shape[1]):
        length = np.linalg.norm(rows[block], axis=1)
        wrong = ~((length == 0) | (np.abs(length - 1) <= UNIT))  # NaN is wrong, too
        if wrong.any():
            at = int(wrong.argmax())
            raise InputError(
                f"facility location takes finite rows of unit length, that of row "
                f"{block.start + at} is {length[at]:.3g}; divide each by its length."
            )
