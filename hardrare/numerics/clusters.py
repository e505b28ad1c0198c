"""One k-means for all metrics: the same clusters whatever the order of the samples."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.numerics.blocks import row_blocks
from hardrare.numerics.points import (
    Recent,
    canonical_order,
    conditioned,
    content_key,
    copies,
    points,
)

SEED = 0
ITERATIONS = 100
FITTED_WHOLE, SAMPLE = 100_000, 50_000  # samples below which k-means sees all; else how many
SMALLEST = 10  # samples that a cluster holds on average at least
_RECENT = Recent(4)


@dataclass(frozen=True)
class Clusters:
    """`label (N,)` int64 in 0..K-1, `size (K,)` int64, `centroid (K, D)` float64, their means."""

    label: np.ndarray
    size: np.ndarray
    centroid: np.ndarray


def cluster(
    features: np.ndarray, clusters: int, *, unit: bool = False, seed: int = SEED
) -> Clusters:
    """k-means by Lloyd's algorithm, once, from a k-means++ start with a fixed seed.

    From 100,000 samples on it is fitted on 50,000 of them, drawn by that seed, and all samples
    go to the nearest of its centres.

    The rows are sorted by value before the start is drawn, and the sums are taken by one
    thread: permuting the samples permutes the labels. K is clipped to the number of
    distinct rows and to N / 10 (at least 1), so that no cluster is empty.

    Args:
        features: (N, D), N at least 1.
        clusters: K, at least 1.
        unit: L2-normalise the rows first.
        seed: of the start.

    Returns:
        The clusters; `centroid` in the space that was clustered.

    Raises:
        InputError: K below 1, or features as in `points`.
    """
    if clusters < 1:
        raise InputError(f"clusters is {clusters}, expected 1 or more.")
    rows = points(features, unit=unit)
    fit = _fit if len(rows) < FITTED_WHOLE else _fit_sample
    key = (*content_key(rows), clusters, seed)
    return _RECENT.of(key, lambda: fit(rows, clusters, seed))


def _fit(rows: np.ndarray, clusters: int, seed: int) -> Clusters:
    """k-means of (N, D) rows."""
    order = canonical_order(rows)
    ordered = rows[order]
    count = min(clusters, int(copies(ordered)[-1]) + 1, max(1, len(rows) // SMALLEST))
    given, centre, scale = conditioned(ordered)
    label = np.zeros(len(rows), np.int64)
    if count > 1:
        from sklearn.cluster import KMeans  # two seconds, and not all who import this ask

        with threadpool_limits(1):
            model = KMeans(count, n_init=1, max_iter=ITERATIONS, random_state=seed, copy_x=False)
            assigned = model.fit_predict(given.astype(np.float32))
        label = np.unique(assigned, return_inverse=True)[1].astype(np.int64)
    size = np.bincount(label)
    total = np.stack([given[label == c].sum(axis=0) for c in range(len(size))])
    own = np.empty_like(label)
    own[order] = label
    return Clusters(own, size, centre + scale * total / size[:, None])


def _fit_sample(rows: np.ndarray, clusters: int, seed: int) -> Clusters:
    """k-means of (N, D) rows, too many to fit it on all of them."""
    drawn = np.random.default_rng(seed).permutation(len(rows))[:SAMPLE]
    known = _fit(rows[canonical_order(rows)[drawn]], clusters, seed).centroid
    half = np.einsum("kd,kd->k", known, known) / 2
    label, blocks = np.empty(len(rows), np.int64), list(row_blocks(len(rows), 16 * rows.shape[1]))
    for block in blocks:
        label[block] = (rows[block].astype(np.float64) @ known.T - half).argmax(axis=1)
    label = np.unique(label, return_inverse=True)[1].astype(np.int64)
    size = np.bincount(label)
    total = np.zeros((len(size), rows.shape[1]))
    for block in blocks:
        np.add.at(total, label[block], rows[block].astype(np.float64))
    return Clusters(label, size, total / size[:, None])
