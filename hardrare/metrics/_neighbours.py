"""One neighbour search for all metrics: exact, in blocks, never twice for the same features.

Candidates come from float32 products, their distances from float64 differences.
A row whose candidates cannot be certain at float32 (collapsed features, many equal
distances) is searched again with float64 products, so the result is exact there too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics._points import Recent, canonical_order, conditioned, content_key, points

AT_LEAST = 30  # neighbours searched even if fewer are asked: one search serves every metric
MARGIN = 8  # candidates beyond those asked for
GROUP = 32  # columns whose largest value stands for them while candidates are chosen
BLOCK_BYTES = 64 << 20  # of one block of similarities
_ROUNDING = 16 * 2.0**-23  # of a float32 squared distance, in units of the squared norms
_TIE = 2.0**-46  # squared distances closer than this at float64, in the same units, are equal
_RECENT = Recent(2)  # raw and unit-length features of one run


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other samples: `index (N, k)` int64, `distance (N, k)` float64, ascending."""

    index: np.ndarray
    distance: np.ndarray


def nearest(features: np.ndarray, neighbours: int, *, unit: bool = False) -> Neighbours:
    """The nearest neighbours by Euclidean distance, a sample's own row left out.

    Copies of a sample are neighbours at exactly 0. Which of equally distant samples come
    back, and in which order, is settled by the values of the rows and not by the order of
    the samples. With N samples at most N - 1 neighbours come back: none for N = 1.

    A search needs about 64 MB for similarities, 150 MB for candidates and three copies
    of the features; the last two searches are kept (k at least 30: 16 bytes N k each).

    Args:
        features: (N, D).
        neighbours: k, at least 1.
        unit: L2-normalise the rows first; the cosine distance is then distance^2 / 2.

    Returns:
        k = min(neighbours, N - 1) neighbours of each sample.

    Raises:
        InputError: k below 1, or features as in `points`.
    """
    if neighbours < 1:
        raise InputError(f"neighbours is {neighbours}, expected 1 or more.")
    rows = points(features, unit=unit)
    most = max(len(rows) - 1, 0)
    key = content_key(rows)
    found = _RECENT.find(key)
    if found is None or found.index.shape[1] < min(neighbours, most):
        found = _search(rows, min(max(neighbours, AT_LEAST), most))
        _RECENT.keep(key, found)
    k = min(neighbours, most)
    return Neighbours(found.index[:, :k], found.distance[:, :k])


def row_blocks(rows: int, bytes_per_row: int, budget: int = BLOCK_BYTES) -> Iterator[slice]:
    """Slices of consecutive rows that each need at most `budget` bytes (or hold one row)."""
    step = max(1, budget // max(bytes_per_row, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def _search(rows: np.ndarray, k: int) -> Neighbours:
    """The k nearest of each row, in the order in which the rows came."""
    order = canonical_order(rows)
    index, distance = _search_ordered(rows[order], k)
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    found = Neighbours(order[index][back], distance[back])
    found.index.flags.writeable = found.distance.flags.writeable = False
    return found


def _search_ordered(rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Index and distance, (N, k) each, for rows in canonical order."""
    index = np.empty((len(rows), k), np.int64)
    distance = np.empty((len(rows), k))
    if k == 0:
        return index, distance
    wide, _, scale = conditioned(rows)
    narrow, squares = wide.astype(np.float32), np.einsum("nd,nd->n", wide, wide)
    wanted = min(k + MARGIN, len(rows) - 1)
    for block in row_blocks(len(rows), max(4 * len(rows), 8 * wanted * rows.shape[1])):
        own = np.arange(block.start, block.stop)
        columns, beyond = _largest(_closeness(narrow, squares, own), wanted)
        index[own], distance[own] = _nearest_of(rows, own, columns, k)
        # |rounding| <= e (|x|^2 + |y|^2) and |y|^2 <= 2 |x|^2 + 2 distance^2
        least = (squares[own] - beyond) * (1 - 2 * _ROUNDING) - 3 * _ROUNDING * squares[own]
        unsure = own[(distance[own, -1] / scale) ** 2 >= least]
        for part in row_blocks(len(unsure), 24 * len(rows)):
            again = unsure[part]
            columns = _largest_by_column(_closeness(wide, squares, again), squares[again], wanted)
            index[again], distance[again] = _nearest_of(rows, again, columns, k)
    return index, distance


def _closeness(rows: np.ndarray, squares: np.ndarray, own: np.ndarray) -> np.ndarray:
    """|x|^2 - distance^2 of rows `own` to all, (B, N), in the precision of the rows."""
    closeness = rows[own] @ rows.T
    closeness *= 2
    closeness -= squares.astype(rows.dtype)
    closeness[np.arange(len(own)), own] = -np.inf
    return closeness


def _largest(values: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns (B, wanted) of the largest of (B, N) in no order, and a bound on the rest (B,).

    The largest `wanted` values lie in the `wanted` groups of columns with the largest
    maxima, so only those are sorted out: several times faster than a partition of rows.
    """
    groups = values.shape[1] // GROUP
    columns = None
    if groups > 2 * wanted:
        grouped = values[:, : groups * GROUP].reshape(len(values), GROUP, groups)
        best = np.argpartition(grouped.max(axis=1), -wanted, axis=1)[:, -wanted:]  # (B, wanted)
        inside = (best[:, :, None] + groups * np.arange(GROUP)).reshape(len(values), -1)
        rest = np.arange(groups * GROUP, values.shape[1])
        columns = np.hstack([inside, np.broadcast_to(rest, (len(values), len(rest)))])
        values = np.take_along_axis(values, columns, axis=1)
    chosen = np.argpartition(values, -wanted, axis=1)[:, -wanted:]
    bound = np.take_along_axis(values, chosen, axis=1).min(axis=1)
    return chosen if columns is None else np.take_along_axis(columns, chosen, axis=1), bound


def _largest_by_column(values: np.ndarray, squares: np.ndarray, wanted: int) -> np.ndarray:
    """Columns (B, wanted) of the largest of (B, N); of those equal to the last, the first ones."""
    last = np.partition(values, -wanted, axis=1)[:, -wanted]
    grain = _TIE * (squares + np.abs(last))[:, None]
    step = values - last[:, None]
    above, equal = step > grain, np.abs(step) <= grain
    room = wanted - above.sum(axis=1, keepdims=True)
    chosen = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return np.nonzero(chosen)[1].reshape(len(values), wanted)


def _nearest_of(
    rows: np.ndarray, own: np.ndarray, candidates: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest (B, k) of candidates (B, m) and their exact distances, ties by column."""
    candidates = np.sort(candidates, axis=1)
    step = rows[candidates].astype(np.float64)  # (B, m, D)
    step -= rows[own][:, None]
    distance = np.sqrt(np.einsum("bmd,bmd->bm", step, step))
    ranked = np.argsort(distance, axis=1, kind="stable")[:, :k]
    return (
        np.take_along_axis(candidates, ranked, axis=1),
        np.take_along_axis(distance, ranked, axis=1),
    )
