"""Which samples stay, in the order of their rows: each that is too like no earlier one that stays.

The neighbours of a sample hold all that are like it, unless even the last of them is: then its
list is cut short, and it is compared with every sample that stays and is like any other.
"""

import numpy as np

from hardrare.numerics.blocks import row_blocks
from hardrare.numerics.exact import distances
from hardrare.numerics.neighbours import Neighbours

NONE = -1.0  # similarity of a sample that none is before
BLOCK = 256  # rows with a cut list that are compared at a time
_SLACK = 1e-7  # above the rounding of a cosine to float32


def similarity_to_kept(rows: np.ndarray, near: Neighbours, threshold: float) -> np.ndarray:
    """The largest cosine of each sample to an earlier one that is kept.

    Rows are decided in their order: one is kept where this cosine is below the threshold. Only a
    block of rows is compared at a time, and whatever lies near the threshold or the largest is
    compared again by differences, so no order of sums in a library decides.

    Args:
        rows: (N, D) of `points`, of unit length.
        near: k neighbours of each.
        threshold: cosine from which on two samples are like each other.

    Returns:
        (N,) float64, -1..1, rounded to float32: to those of the k neighbours, and to all from
        the threshold on; -1 where none is earlier and kept.
    """
    count, k = near.index.shape
    kept, beyond = np.ones(count, bool), np.full(count, NONE)
    if not k:
        return beyond
    similarity = _cosine(near.distance)
    earlier = near.index < np.arange(count)[:, None]
    like = similarity >= threshold
    cut = like[:, -1] & (k < count - 1)
    some = np.flatnonzero(like[:, 0])  # all others are like none, and kept
    for start in range(0, len(some), BLOCK):
        own = some[start : start + BLOCK]
        asking, before = own[cut[own]], some[:start][kept[some[:start]]]
        beyond[asking] = _largest(rows, asking, before, threshold)
        for row in own:
            listed = near.index[row][like[row] & earlier[row]]
            kept[row] = beyond[row] < threshold and not kept[listed].any()
            later = asking[np.searchsorted(asking, row, "right") :]
            if kept[row] and len(later):
                likeness = _similarity(rows, later, np.full(len(later), row), threshold)
                beyond[later] = np.maximum(beyond[later], likeness)
    return np.maximum(beyond, np.where(earlier & kept[near.index], similarity, NONE).max(axis=1))


def _largest(
    rows: np.ndarray, asking: np.ndarray, others: np.ndarray, threshold: float
) -> np.ndarray:
    """Largest cosine (B,) of some rows to others, -1 where it is below the threshold."""
    best = np.full(len(asking), NONE)
    if not len(asking):
        return best
    own, own_less = _wide(rows[asking])
    for part in row_blocks(len(others), 16 * (len(asking) + rows.shape[1])):
        other, other_less = _wide(rows[others[part]])
        close = own @ other.T
        close += 1 - own_less[:, None] - other_less
        least = np.maximum(close.max(axis=1, keepdims=True), threshold) - _SLACK
        at, to = np.nonzero(close >= least)
        np.maximum.at(best, at, _similarity(rows, asking[at], others[part][to], threshold))
    return best


def _wide(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (M, D) in float64, and half of each squared norm (M,)."""
    wide = rows.astype(np.float64)
    return wide, np.einsum("md,md->m", wide, wide) / 2


def _similarity(
    rows: np.ndarray, own: np.ndarray, other: np.ndarray, threshold: float
) -> np.ndarray:
    """Cosine (P,) of pairs of rows, -1 where it is below the threshold."""
    cosine = _cosine(distances(rows, own, other[:, None])[:, 0])
    return np.where(cosine >= threshold, cosine, NONE)


def _cosine(distance: np.ndarray) -> np.ndarray:
    """Cosine of unit rows at a distance, float64 rounded to float32.

    A table of scores holds it as it is, so its readers find the same samples at the threshold.
    """
    return (1 - distance**2 / 2).astype(np.float32).astype(np.float64)
