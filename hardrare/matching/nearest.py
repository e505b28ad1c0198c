"""The nearest of a set's points: all compared up to 60,000, the nearest cells alone beyond.

Beyond, points of many numbers are first cut to their 128 principal components, and those of a
turned form are searched together with the plain ones (`numerics.neighbours`, exact below 100,000
points, by cells from there on). So there a pair may be missed; the share of true neighbours that
the search finds is measured and handed on. The cosines of what is found are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hardrare.numerics.neighbours import nearest as search

NEAREST = 3  # of each sample, in each space and form
ALL = 60_000  # samples up to which all are compared
BLOCK = 512  # rows at a time
WIDTH = 128  # principal components
SPARE = 12  # found beyond ALL; some of them are points of the other form


@dataclass(frozen=True)
class Near:
    """Rows `(b,)`, their nearest others `(b, k)` and cosines, descending, -inf where none is."""

    rows: np.ndarray
    others: np.ndarray
    cosines: np.ndarray
    recall: float = 1.0


def nearest(asked: np.ndarray, given: np.ndarray) -> Iterator[Near]:
    """Of each of the points asked the nearest others among those given, block by block.

    Args:
        asked: `(N, D)` of length 1.
        given: likewise, row by row the same samples; the same array where the form is the same.
    """
    yield from _all(asked, given) if len(given) <= ALL else _some(asked, given)


def _all(asked: np.ndarray, given: np.ndarray) -> Iterator[Near]:
    """Every row compared with every other; of equals the first."""
    count = min(NEAREST, len(given) - 1)
    for start in range(0, len(asked), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(asked)))
        cosines = np.round(asked[rows] @ given.T, 6)
        at = np.arange(len(rows))
        cosines[at, rows] = -np.inf
        index, values = [], []
        for _ in range(count):
            best = cosines.argmax(axis=1)
            index.append(best)
            values.append(cosines[at, best])
            cosines[at, best] = -np.inf
        yield Near(rows, np.stack(index, 1), np.stack(values, 1))


def _some(asked: np.ndarray, given: np.ndarray) -> Iterator[Near]:
    """The rows of neighbouring cells alone."""
    size, same = len(given), asked is given
    near = search(_cut(given if same else np.concatenate([given, asked])), SPARE)
    for start in range(0, size, BLOCK):
        rows = np.arange(start, min(start + BLOCK, size))
        index = near.index[rows if same else rows + size]
        others = index % size
        cosines = np.round(np.einsum("bd,bkd->bk", asked[rows], given[others]), 6)
        cosines[(index >= size) | (others == rows[:, None])] = -np.inf
        order = np.lexsort((others, -cosines), axis=1)[:, :NEAREST]
        yield Near(
            rows,
            np.take_along_axis(others, order, 1),
            np.take_along_axis(cosines, order, 1),
            near.recall,
        )


def _cut(points: np.ndarray) -> np.ndarray:
    """The principal components `(M, 128)` of points `(M, D)`; narrow ones as they are."""
    if points.shape[1] <= WIDTH:
        return points
    product = np.zeros((points.shape[1],) * 2)
    for start in range(0, len(points), BLOCK):
        block = points[start : start + BLOCK].astype(np.float64)
        product += block.T @ block
    axes = np.linalg.eigh(product)[1][:, -WIDTH:].astype(np.float32)
    return points @ axes
