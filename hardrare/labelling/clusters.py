"""k-means for labelling budgets: from one cluster to thousands.

Lloyd's algorithm reads every distance in every round, 128 billion multiplications for 50,000
samples, 5,000 clusters and 512 features. So above LLOYD_UP_TO distances the centroids are
moved by mini-batches (Sculley, WWW 2010), from a random start, a few passes over the samples.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

LLOYD_UP_TO = 5_000_000  # samples x clusters
ROUNDS = 50  # of Lloyd's algorithm at most
BATCH = 4096  # samples of a mini-batch
PASSES = 5  # over the samples, by mini-batches


@dataclass(frozen=True)
class Clusters:
    """`label (N,)` in 0..K-1, `centroid (K, D)`, `distance (N,)` of each sample to its own."""

    label: np.ndarray
    centroid: np.ndarray
    distance: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """`(K,)` samples of each cluster; 0 where fewer rows are distinct than K."""
        return np.bincount(self.label, minlength=len(self.centroid))


def cluster(rows: np.ndarray, clusters: int, seed: int) -> Clusters:
    """k-means of rows.

    Args:
        rows: (N, D) float32.
        clusters: K, 1 to N.
        seed: of the start and of the batches.
    """
    few = len(rows) * clusters <= LLOYD_UP_TO
    if few:
        model = KMeans(clusters, n_init=1, max_iter=ROUNDS, random_state=seed)
    else:
        model = MiniBatchKMeans(
            clusters, init="random", n_init=1, max_iter=PASSES, batch_size=BATCH,
            compute_labels=False, random_state=seed,
        )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # copies among the rows
        model.fit(rows)
        label = (model.labels_ if few else model.predict(rows)).astype(np.int64)
    centroid = model.cluster_centers_
    return Clusters(label, centroid, _distance(rows, centroid, label))


def assign(rows: np.ndarray, centroid: np.ndarray) -> np.ndarray:
    """The nearest centroid of each row: (N,) in 0..K-1.

    Args:
        rows: (N, D).
        centroid: (K, D).
    """
    square = np.einsum("kd,kd->k", centroid, centroid)
    blocks = np.array_split(rows, max(1, len(rows) * len(centroid) // 10_000_000))
    return np.concatenate([(square - 2 * b @ centroid.T).argmin(axis=1) for b in blocks])


def round_robin(label: np.ndarray, size: np.ndarray, first: np.ndarray) -> np.ndarray:
    """An order of the samples that visits the clusters in turn, the largest first.

    Args:
        label: (N,) cluster of each sample.
        size: (K,) by which the clusters take turns, the largest first.
        first: (N,) which samples of a cluster come first: the lowest values.

    Returns:
        (N,) positions: the first sample of each cluster, then the second of each, ...

    Examples:
        >>> label, first = np.array([0, 1, 1, 1, 0]), np.array([0.2, 0.3, 0.1, 0.2, 0.1])
        >>> round_robin(label, np.array([2, 3]), first)
        array([2, 4, 3, 0, 1])
    """
    grouped = np.lexsort((first, label))
    count = np.bincount(label, minlength=len(size))
    turn = np.empty(len(label), np.int64)
    turn[grouped] = np.arange(len(label)) - np.repeat(np.cumsum(count) - count, count)
    rank = np.empty(len(size), np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(len(size))
    return np.lexsort((rank[label], turn))


def _distance(rows: np.ndarray, centroid: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Euclidean distance of each row to its own centroid, (N,)."""
    blocks = np.array_split(np.arange(len(rows)), max(1, rows.size // 10_000_000))
    return np.concatenate([np.linalg.norm(rows[b] - centroid[label[b]], axis=1) for b in blocks])
