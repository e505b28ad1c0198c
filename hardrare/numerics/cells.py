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

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from hardrare.numerics.blocks import each, each_block, row_blocks
from hardrare.numerics.exact import MARGIN, Searchable, bytes_per_row, corpus, nearest_among

RECALL = 0.98  # of the true neighbours, that the first half of the sample must find
SAMPLE = 1000  # rows whose true neighbours are searched among all rows
SEED, ITERATIONS, PER_CELL = 0, 20, 40  # of the k-means: seed, rounds, rows it is fitted on


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
    return (*_among_cells(given, cell, order, looked, k), recall)


def _cells(given: Searchable) -> tuple[np.ndarray, np.ndarray]:
    """Cell of each row (N,) and the cells' centres (C, D); by one thread in fixed blocks."""
    size = len(given.rows)
    count = max(1, round(size**0.5))
    chosen = np.sort(np.random.default_rng(SEED).permutation(size)[: PER_CELL * count])
    some = given.narrow(chosen)
    count = min(count, len(np.unique(some, axis=0)))
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


def _among_cells(
    given: Searchable, cell: np.ndarray, order: np.ndarray, looked: int, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Index and distance (N, k), each row searched in the `looked` cells nearest to its own."""
    members = np.split(np.argsort(cell, kind="stable"), np.cumsum(np.bincount(cell))[:-1])
    sizes = np.bincount(cell)
    index, distance = np.empty((len(cell), k), np.int64), np.empty((len(cell), k))

    def search(c: int) -> None:
        enough = int(np.searchsorted(sizes[order[c]].cumsum(), k + MARGIN + 1)) + 1
        near = np.sort(np.concatenate([members[i] for i in order[c][: max(looked, enough)]]))
        others = corpus(given, near)
        for block in row_blocks(sizes[c], bytes_per_row(len(near), k, given.rows.shape[1])):
            own = members[c][block]
            index[own], distance[own] = nearest_among(given, own, others, k)

    each(search, range(len(order)))
    return index, distance
