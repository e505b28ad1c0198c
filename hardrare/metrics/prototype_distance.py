"""Metric `prototype_distance`: how far the nearest typical sample is."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.blocks import each_block
from hardrare.numerics.clusters import cluster
from hardrare.numerics.points import points

_CACHED = 4 << 20  # bytes of a block that the cache holds


@metric(
    unit="cosine distance",
    harder="high",
    source="Sorscher et al., NeurIPS 2022, arXiv:2206.14486",
)
def prototype_distance(features: np.ndarray, *, clusters: int = 50) -> np.ndarray:
    """Cosine distance to the nearest of K k-means centroids of the unit-length features.

    p_i = min_c (1 - u_i . m_c / norm(m_c)) = min_c norm(u_i - m_c / norm(m_c))^2 / 2, u the
    features divided by their L2 norm, m the means of the clusters of u. Zero vectors stay
    zero: 1/2 from a unit vector. K is clipped to the distinct rows and to N / 10.

    Args:
        features: (N, D).
        clusters: K, at least 1.

    Returns:
        (N,) float64, cosine distance, 0..2.

    Examples:
        Two samples make one cluster, its centroid between them at 45 degrees from both.

        >>> prototype_distance(np.array([[2.0, 0.0], [0.0, 1.0]])).round(4)
        array([0.2929, 0.2929])
    """
    rows = points(features, unit=True)
    if not len(rows):
        return np.zeros(0)
    prototype = points(cluster(features, clusters, unit=True).centroid, unit=True)
    prototype = prototype.astype(np.float64)  # (K, D)
    square = np.einsum("kd,kd->k", prototype, prototype)
    nearest = np.empty(len(rows))

    def measure(block: slice) -> None:
        u = rows[block].astype(np.float64)
        distance = np.einsum("nd,nd->n", u, u)[:, None] + square - 2 * u @ prototype.T
        nearest[block] = distance.min(axis=1)

    each_block(measure, len(rows), 8 * (rows.shape[1] + len(prototype)), _CACHED)
    return np.maximum(nearest, 0) / 2
