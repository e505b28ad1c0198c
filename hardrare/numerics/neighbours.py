"""One neighbour search for all metrics, never made twice for the same features.

Below 100,000 samples it is exact. From there on it looks only into neighbouring cells and
says which share of the true neighbours it finds. Both give the same bytes in every run,
with any number of threads, and for samples in any order.
"""

from dataclasses import dataclass

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.blocks import each_block, row_blocks
from hardrare.numerics.cells import nearest_by_cells
from hardrare.numerics.exact import Searchable, bytes_per_row, corpus, nearest_among, searchable
from hardrare.numerics.points import Recent, canonical_order, content_key, points

EXACT_BELOW = 100_000  # samples
AT_LEAST = 30  # neighbours searched even if fewer are asked: one search serves every metric
_RECENT = Recent(2)  # raw and unit-length features of one run


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other samples: `index (N, k)` int64, `distance (N, k)` float64, ascending.

    `recall` is the share of the true neighbours among them, 0..1: 1 where the search was
    exact, measured on 500 samples where it was not. A distance is always that to the
    sample named beside it.
    """

    index: np.ndarray
    distance: np.ndarray
    recall: float = 1.0


def nearest(features: np.ndarray, neighbours: int, *, unit: bool = False) -> Neighbours:
    """The nearest neighbours by Euclidean distance, a sample's own row left out.

    Copies of a sample are neighbours at exactly 0. Which of equally distant samples come
    back, and in which order, is settled by the values of the rows and not by the order of
    the samples. With N samples at most N - 1 neighbours come back: none for N = 1.

    A search needs about 100 MB for each thread and four copies of the features, from 100,000
    samples on two; the last two searches are kept (k at least 30: 16 bytes N k each). From there
    on it is approximate: see `cells`.

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
    k = min(neighbours, most)
    near = _RECENT.of(
        content_key(rows),
        lambda: _search(rows, min(max(neighbours, AT_LEAST), most)),
        serves=lambda kept: kept.index.shape[1] >= k,
    )
    return Neighbours(near.index[:, :k], near.distance[:, :k], near.recall)


def stated_recall(features: np.ndarray | None) -> float:
    """The lower recall of the two searches that the metrics make: raw and unit-length features.

    After `score` they are found made already. Without features there is no search to miss: 1.
    """
    if features is None:
        return 1.0
    return min(nearest(features, AT_LEAST, unit=unit).recall for unit in (False, True))


def _search(rows: np.ndarray, k: int) -> Neighbours:
    """The k nearest of each row, in the order in which the rows came; many rows are sorted."""
    order = canonical_order(rows)
    if len(rows) < EXACT_BELOW:
        index, distance, recall = *_all_pairs(searchable(rows[order]), k), 1.0
    else:
        _sort(rows, order)
        index, distance, recall = nearest_by_cells(searchable(rows, keep=False), k)
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    np.take(order, index, out=index)
    near = Neighbours(index[back], distance[back], recall)
    near.index.flags.writeable = near.distance.flags.writeable = False
    return near


def _sort(rows: np.ndarray, order: np.ndarray) -> None:
    """Put rows (N, D) into an order where they are: a second copy might be all the memory left."""
    for columns in row_blocks(rows.shape[1], 4 * len(rows)):
        rows[:, columns] = rows[order, columns]


def _all_pairs(given: Searchable, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Index and distance, (N, k) each, every row compared with every other."""
    count, width = given.rows.shape
    index, distance, everyone = np.empty((count, k), np.int64), np.empty((count, k)), corpus(given)

    def search(block: slice) -> None:
        own = np.arange(block.start, block.stop)
        index[block], distance[block] = nearest_among(given, own, everyone, k)

    if k:
        each_block(search, count, bytes_per_row(count, k, width))
    return index, distance
