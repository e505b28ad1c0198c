"""The exact nearest of some rows among some rows, in blocks.

Candidates come from float32 products, their distances from float64 differences.
A row whose candidates cannot be certain at float32 (collapsed features, many equal
distances) is searched again with float64 products, so the result is exact there too,
and nothing depends on how a linear algebra library orders its sums.

`sklearn.neighbors.NearestNeighbors(algorithm="brute")` for the candidates, with the same exact
distances and stable sort after it, gives the same bytes for one thread and for two, but takes 1.5
times the processor time for 20,000 x 128 and 1.8 times for 50,000 x 512 (30 neighbours, one
thread: 3.7 against 5.6 s and 47 against 86 s); it needs 130 to 400 MB less
(`benchmarks/neighbours.py exact`). More than 1.4 times was too much; and it says nothing about
rows whose candidates are not certain at float32.
"""

from dataclasses import dataclass

import numpy as np

from hardrare.numerics.blocks import row_blocks
from hardrare.numerics.points import conditioned

MARGIN = 8  # candidates beyond those asked for
GROUP = 32  # columns whose largest value stands for them while candidates are chosen
_ROUNDING = 16 * 2.0**-23  # of a float32 squared distance, in units of the squared norms
_TIE = 2.0**-46  # squared distances closer than this at float64, in the same units, are equal


@dataclass(frozen=True)
class Searchable:
    """Rows to be searched: as they are (N, D) float32, and conditioned for products.

    `squares (N,)` float64 are the squared norms of the conditioned rows, which are `rows` up to a
    shift by `centre (D,)` and `scale`. They are kept in both precisions, or made when asked for.
    """

    rows: np.ndarray
    squares: np.ndarray
    centre: np.ndarray
    scale: float
    kept: tuple[np.ndarray, np.ndarray] | None  # (N, D) float64 and float32

    def wide(self, row: np.ndarray | slice) -> np.ndarray:
        """Some conditioned rows, float64."""
        return self.kept[0][row] if self.kept else (self.rows[row] - self.centre) / self.scale

    def narrow(self, row: np.ndarray | slice) -> np.ndarray:
        """Some conditioned rows, float32."""
        if self.kept:
            return self.kept[1][row]
        asked = self.rows[row]
        made = np.empty_like(asked)
        for block in row_blocks(len(asked), 16 * asked.shape[1]):
            made[block] = (asked[block] - self.centre) / self.scale
        return made


def searchable(rows: np.ndarray, keep: bool = True) -> Searchable:
    """What a search of rows (N, D) of `points` needs; their order settles ties.

    Args:
        rows: N.
        keep: the conditioned rows, 12 bytes a value; without, they are made again and again.
    """
    if keep:
        wide, centre, scale = conditioned(rows)
        squares = np.einsum("nd,nd->n", wide, wide)
        return Searchable(rows, squares, centre, scale, (wide, wide.astype(np.float32)))
    blocks = list(row_blocks(len(rows), 16 * rows.shape[1]))
    centre = rows.sum(axis=0, dtype=np.float64) / len(rows)
    scale = max(float(np.abs(rows[block] - centre).max()) for block in blocks) or 1.0
    given = Searchable(rows, np.empty(len(rows)), centre, scale, None)
    for block in blocks:
        given.squares[block] = np.einsum("nd,nd->n", *[given.wide(block)] * 2)
    return given


@dataclass(frozen=True)
class Corpus:
    """Rows that are searched among: `row (M,)` ascending in the space, and what they hold."""

    row: np.ndarray
    narrow: np.ndarray  # (M, D) float32
    squares: np.ndarray  # (M,)


def corpus(among: Searchable, row: np.ndarray | None = None) -> Corpus:
    """Some rows of a space, ascending; all of them where none are named."""
    if row is None:
        return Corpus(np.arange(len(among.rows)), among.narrow(slice(None)), among.squares)
    return Corpus(row, among.narrow(row), among.squares[row])


def bytes_per_row(others: int, k: int, width: int) -> int:
    """What one row needs while its k nearest of `others` are sought."""
    return max(4 * others, 8 * (k + MARGIN) * width)


def nearest_among(
    given: Searchable, own: np.ndarray, others: Corpus, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest other rows of a few rows.

    Args:
        given: the space.
        own: (B,) rows that ask, each one of `others`.
        others: rows that answer, more than k.
        k: neighbours, at least 1.

    Returns:
        Index (B, k) int64 into the space and exact Euclidean distance (B, k) float64,
        ascending, ties in the order of the rows.
    """
    wanted = min(k + MARGIN, len(others.row) - 1)
    self_at = np.searchsorted(others.row, own)
    close = _closeness(given.narrow(own), others.narrow, others.squares, self_at)
    columns, beyond = _largest(close, wanted)
    del close
    index, distance = _nearest_of(given.rows, own, others.row[columns], k)
    # |rounding| <= e (|x|^2 + |y|^2) and |y|^2 <= 2 |x|^2 + 2 distance^2
    squares = given.squares[own]
    least = (squares - beyond) * (1 - 2 * _ROUNDING) - 3 * _ROUNDING * squares
    unsure = np.flatnonzero((distance[:, -1] / given.scale) ** 2 >= least)
    for part in row_blocks(len(unsure), 24 * len(others.row)):
        again = unsure[part]
        index[again], distance[again] = _searched_again(given, own[again], others, k, wanted)
    return index, distance


def _searched_again(
    given: Searchable, own: np.ndarray, others: Corpus, k: int, wanted: int
) -> tuple[np.ndarray, np.ndarray]:
    """`nearest_among` from float64 products."""
    everyone = len(others.row) == len(given.rows)
    self_at = np.searchsorted(others.row, own)
    if given.kept:
        wide = given.wide(slice(None) if everyone else others.row)
        close = _closeness(given.wide(own), wide, others.squares, self_at)
    else:
        close = _close_by_blocks(given, own, others, self_at)
    columns = _largest_by_column(close, given.squares[own], wanted)
    return _nearest_of(given.rows, own, others.row[columns], k)


def _close_by_blocks(
    given: Searchable, own: np.ndarray, others: Corpus, self_at: np.ndarray
) -> np.ndarray:
    """`_closeness` at float64 of rows that are not kept at it."""
    mine = 2 * given.wide(own)
    close = np.empty((len(own), len(others.row)))
    for block in row_blocks(len(others.row), 24 * given.rows.shape[1]):
        wide = given.wide(others.row[block])
        close[:, block] = mine @ wide.T - others.squares[block]
    close[np.arange(len(own)), self_at] = -np.inf
    return close


def _closeness(
    own: np.ndarray, others: np.ndarray, squares: np.ndarray, self_at: np.ndarray
) -> np.ndarray:
    """|x|^2 - distance^2 of rows (B, D) to others (M, D), (B, M), in the precision of the rows."""
    closeness = (2 * own) @ others.T
    closeness -= squares.astype(own.dtype)
    closeness[np.arange(len(own)), self_at] = -np.inf
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
    """The k nearest (B, k) of candidates (B, m) and their exact distances, ties by row."""
    candidates = np.sort(candidates, axis=1)
    distance = distances(rows, own, candidates)
    ranked = np.argsort(distance, axis=1, kind="stable")[:, :k]
    return (
        np.take_along_axis(candidates, ranked, axis=1),
        np.take_along_axis(distance, ranked, axis=1),
    )


def distances(rows: np.ndarray, own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Exact Euclidean distance (B, m) float64 of some rows (B,) to m others each (B, m)."""
    distance = np.empty(others.shape)
    for part in row_blocks(len(own), 8 * others.shape[1] * rows.shape[1], 4 << 20):
        step = np.subtract(rows[others[part]], rows[own[part]][:, None], dtype=np.float64)
        distance[part] = np.sqrt(np.einsum("bmd,bmd->bm", step, step))
    return distance
