"""One k-means for all metrics: the same clusters whatever the order of the samples."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
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
    key = (*content_key(rows), clusters, seed)
    return _RECENT.of(key, lambda: _fit(rows, clusters, seed))


def _fit(rows: np.ndarray, clusters: int, seed: int) -> Clusters:
    """k-means of (N, D) rows."""
    order = canonical_order(rows)
    ordered = rows[order]
    count = min(clusters, int(copies(ordered)[-1]) + 1, max(1, len(rows) // SMALLEST))
    given, centre, scale = conditioned(ordered)
    label = np.zeros(len(rows), np.int64)
    if count > 1:
        with threadpool_limits(1):
            model = KMeans(count, n_init=1, max_iter=ITERATIONS, random_state=seed, copy_x=False)
            assigned = model.fit_predict(given.astype(np.float32))
        label = np.unique(assigned, return_inverse=True)[1].astype(np.int64)
    size = np.bincount(label)
    total = np.stack([given[label == c].sum(axis=0) for c in range(len(size))])
    own = np.empty_like(label)
    own[order] = label
    return Clusters(own, size, centre + scale * total / size[:, None])
