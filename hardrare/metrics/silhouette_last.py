"""Metric `silhouette_last`: how clearly a sample belongs to its cluster."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.blocks import each_block
from hardrare.numerics.clusters import Clusters, cluster
from hardrare.numerics.points import Recent, canonical_order, conditioned, content_key, points

_RECENT = Recent(1)  # the last snapshot of a run is its features


@metric(
    unit="silhouette",
    harder="low",
    source="Rousseeuw, J. Comput. Appl. Math. 1987; of k-means, Team12 2024",
)
def silhouette_last(features: np.ndarray, *, silhouette_clusters: int = 10) -> np.ndarray:
    """Silhouette of the sample in a k-means clustering of the last features.

    s_i = (b_i - a_i) / max(a_i, b_i), a_i the mean Euclidean distance to the other samples
    of its cluster, b_i the smallest mean distance to the samples of another cluster. A
    cluster of one sample, a single cluster and a_i = b_i = 0 give 0. K is clipped to the
    distinct rows and to N / 10. Distances are taken in float32: a score may be off by
    0.001 where a cluster is a thousand times narrower than the data.

    Args:
        features: (N, D).
        silhouette_clusters: K, at least 1.

    Returns:
        (N,) float64, silhouette, -1..1.

    Examples:
        Ten samples at 0 and nine at 10 with one at 8: a = 0 and b = 9.8 for the first, for
        the last a = 2 and b = 8, so 6 / 8.

        >>> features = np.array([0.0] * 10 + [10.0] * 9 + [8.0])[:, None]
        >>> silhouette_last(features)[[0, 19]].round(3)
        array([1.  , 0.75])
    """
    rows = points(features)
    if not len(rows):
        return np.zeros(0)
    clustering = cluster(features, silhouette_clusters)
    if len(clustering.size) == 1:
        return np.zeros(len(rows))
    return _RECENT.of(
        (*content_key(rows), silhouette_clusters), lambda: _in_order(rows, clustering)
    )


def _in_order(rows: np.ndarray, clustering: Clusters) -> np.ndarray:
    """Silhouettes (N,) that do not depend on the order of the rows (N, D)."""
    order = canonical_order(rows)
    given = conditioned(rows[order])[0].astype(np.float32)
    score = np.empty(len(rows))
    score[order] = _silhouette(given, clustering.label[order], clustering.size)
    score.flags.writeable = False
    return score


def _silhouette(rows: np.ndarray, label: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Silhouettes (N,) of rows (N, D) in clusters of `size (K,)`."""
    square = np.einsum("nd,nd->n", rows, rows)
    member = np.eye(len(size), dtype=np.float32)[label]  # (N, K)
    score = np.empty(len(rows))

    def measure(block: slice) -> None:
        own = np.arange(block.start, block.stop)
        distance = rows[block] @ rows.T  # (B, N)
        distance *= -2
        distance += square
        distance += square[block, None]
        distance[own - block.start, own] = 0
        np.sqrt(np.maximum(distance, 0, out=distance), out=distance)
        score[block] = _from_sums((distance @ member).astype(np.float64), label[block], size)

    each_block(measure, len(rows), 4 * len(rows))
    return score


def _from_sums(total: np.ndarray, label: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Silhouettes (B,) from the summed distances (B, K) to each cluster."""
    own = np.arange(len(label))
    inside = total[own, label] / np.maximum(size[label] - 1, 1)
    mean = total / size
    mean[own, label] = np.inf
    outside = mean.min(axis=1)
    largest = np.maximum(inside, outside)
    silhouette = (outside - inside) / np.where(largest > 0, largest, 1)
    return np.where(size[label] > 1, silhouette, 0.0)
