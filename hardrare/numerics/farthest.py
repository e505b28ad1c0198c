"""A core-set: each time the row that is farthest from all chosen ones (greedy k-center)."""

import numpy as np


def farthest_first(rows: np.ndarray, count: int, start: int) -> np.ndarray:
    """Farthest-first traversal, `count` passes over the rows.

    Source: Gonzalez, Theoretical Computer Science 1985; as a core-set Sener & Savarese, ICLR
    2018, arXiv:1708.00489.

    Args:
        rows: (N, D) float32.
        count: how many are chosen, 1..N.
        start: the first one.

    Returns:
        (count,) positions in the order in which they were chosen.
    """
    square = np.einsum("nd,nd->n", rows, rows)
    chosen = [start]
    nearest = np.full(len(rows), np.inf, np.float32)
    while len(chosen) < count:
        last = chosen[-1]
        np.minimum(nearest, square + square[last] - 2 * (rows @ rows[last]), out=nearest)
        nearest[last] = -np.inf  # never twice, even among copies
        chosen.append(int(nearest.argmax()))
    return np.array(chosen)
