"""The nearest rows where there are too many to compare them all: neighbouring cells only.

k-means divides the rows into about sqrt(N) cells. A row is compared with all rows of the
cells nearest to its own, exactly. How many cells that takes is learnt from a sample of
rows whose true neighbours are known, so the recall is chosen and not hoped for.

faiss's IVF-Flat with as many cells, then exact distances, on 100,000 x 128 synthetic rows and 30
neighbours, one thread, seconds of processor and recall: 9.3 and 0.921 with one cell looked at,
13.3 and 0.977 with two, 37 and 1.000 with eight; this search 8.3 to 9.5 and 0.993. Both give the
same bytes for one thread and for two; faiss needs 80 MB beyond the rows where this needs 300
(`benchmarks/neighbours.py cells`). It would be one more package, and how many cells to look at
would still have to be learnt.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.numerics.blocks import each, each_block, row_blocks
from hardrare.numerics.exact import MARGIN, Searchable, bytes_per_row, corpus, nearest_among

RECALL = 0.98  # of the true neighbours, that the first half of the sample must find
SAMPLE = 1000  # rows whose true neighbours are searched among all rows
SEED, ITERATIONS, PER_CELL = 0, 20, 40  # of the k-means: seed, rounds, rows it is fitted on


@dataclass(frozen=True)
class Plan:
    """What is searched where; each of the C cells on its own, in any order, by any process.

    Attributes:
        given: N rows in canonical order.
        cell: of each row (N,), 0..C - 1.
        order: row c: the cells from the nearest to c on, (C, C).
        looked: cells that are looked at, at least.
        k: neighbours.
    """

    given: Searchable
    cell: np.ndarray
    order: np.ndarray
    looked: int
    k: int

    @cached_property
    def members(self) -> list[np.ndarray]:
        """The rows of each cell, ascending."""
        ends = np.cumsum(np.bincount(self.cell))[:-1]
        return np.split(np.argsort(self.cell, kind="stable"), ends)

    def of_cell(self, c: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A cell's rows (n,), index and distance of their nearest (n, k)."""
        own, nearest = self.members[c], self.order[c]
        sizes = np.array([len(self.members[i]) for i in nearest])
        enough = int(np.searchsorted(sizes.cumsum(), self.k + MARGIN + 1)) + 1
        near = [self.members[i] for i in nearest[: max(self.looked, enough)]]
        others = corpus(self.given, np.sort(np.concatenate(near)))
        index, distance = np.empty((len(own), self.k), np.int64), np.empty((len(own), self.k))
        width = bytes_per_row(len(others.row), self.k, self.given.rows.shape[1])
        for block in row_blocks(len(own), width):
            index[block], distance[block] = nearest_among(self.given, own[block], others, self.k)
        return own, index, distance


Search = Callable[[Plan, np.ndarray, np.ndarray], None]  # fills in index and distance (N, k) each
_SEARCHES: list[Search] = []  # whose; the last one that is asked for


@contextmanager
def searched_by(search: Search) -> Iterator[None]:
    """Have plans carried out by someone else than threads of this process."""
    _SEARCHES.append(search)
    try:
        yield
    finally:
        _SEARCHES.pop()


def nearest_by_cells(given: Searchable, k: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The k nearest other rows of each row, nearly all of them the true ones.

    Args:
        given: N rows in canonical order.
        k: neighbours, 1..N - 1.

    Returns:
        Index (N, k) int64, exact distance to it (N, k) float64, and the recall: the share
        of the true neighbours that were looked at, 0..1, measured on the half of the
        sample that did not decide how many cells are looked at.
    """
    cell, centre = _cells(given)
    order = _nearest_cells(centre)  # (C, C), row c: the cells from the nearest to c on
    sample = np.sort(np.random.default_rng(SEED).permutation(len(cell))[:SAMPLE])
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(len(order)), order.shape), axis=1)
    truth = _searched(given, sample, k)
    needed = rank[cell[sample][:, None], cell[truth]]  # (SAMPLE, k), cells to look at, less one
    looked = int(np.quantile(needed[::2], RECALL, method="inverted_cdf")) + 1
    recall = float((needed[1::2] < looked).mean())
    index, distance = np.empty((len(cell), k), np.int64), np.empty((len(cell), k))
    search = _SEARCHES[-1] if _SEARCHES else _in_threads
    search(Plan(given, cell, order, looked, k), index, distance)
    return index, distance, recall


def _cells(given: Searchable) -> tuple[np.ndarray, np.ndarray]:
    """Cell of each row (N,) and the cells' centres (C, D); by one thread in fixed blocks."""
    size = len(given.rows)
    count = max(1, round(size**0.5))
    chosen = np.sort(np.random.default_rng(SEED).permutation(size)[: PER_CELL * count])
    some = given.narrow(chosen)
    count = min(count, len(np.unique(some, axis=0)))
    from sklearn.cluster import KMeans  # two seconds, and few sets are so large

    with threadpool_limits(1):
        model = KMeans(count, n_init=1, max_iter=ITERATIONS, random_state=SEED, init="random")
        centre = model.fit(some).cluster_centers_
    half = np.einsum("cd,cd->c", centre, centre) / 2
    cell = np.empty(size, np.int64)

    def assign(block: slice) -> None:
        cell[block] = (given.narrow(block) @ centre.T - half).argmax(axis=1)

    each_block(assign, size, 4 * count)
    used, cell = np.unique(cell, return_inverse=True)
    return cell, centre[used]


def _nearest_cells(centre: np.ndarray) -> np.ndarray:
    """For each cell all cells (C, C), its own first, then by the distance of the centres."""
    order = np.empty((len(centre), len(centre)), np.int64)
    wide = centre.astype(np.float64)
    for c, row in enumerate(wide):
        apart = ((wide - row) ** 2).sum(axis=1)
        apart[c] = -1
        order[c] = np.argsort(apart, kind="stable")
    return order


def _searched(given: Searchable, own: np.ndarray, k: int) -> np.ndarray:
    """The true k nearest of some rows, (B, k)."""
    indices, everyone = np.empty((len(own), k), np.int64), corpus(given)

    def search(block: slice) -> None:
        indices[block] = nearest_among(given, own[block], everyone, k)[0]

    each_block(search, len(own), bytes_per_row(len(given.rows), k, given.rows.shape[1]))
    return indices


def _in_threads(plan: Plan, index: np.ndarray, distance: np.ndarray) -> None:
    """Fill in index and distance (N, k), cell by cell."""

    def search(c: int) -> None:
        own, near, apart = plan.of_cell(c)
        index[own], distance[own] = near, apart

    each(search, range(len(plan.members)))
