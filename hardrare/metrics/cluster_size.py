"""Metric `cluster_size`: how many samples are of the sample's kind."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.clusters import cluster


@metric(
    unit="samples",
    harder="low",
    source="He, Xu & Deng, Pattern Recognition Letters 2003 (cluster-based outliers)",
)
def cluster_size(features: np.ndarray, *, clusters: int = 50) -> np.ndarray:
    """Size of the k-means cluster that the sample lies in, of the unit-length features.

    n_i = sum_j [c_j = c_i], c the clusters of the features divided by their L2 norm, the
    same as those of prototype_distance. K is clipped to the distinct rows and to N / 10;
    where that leaves one cluster every score is N.

    Args:
        features: (N, D).
        clusters: K, at least 1.

    Returns:
        (N,) float64, samples, 1..N.

    Examples:
        Of 20 samples 14 point one way and 6 another; K = min(50, 2 distinct, 20 / 10) = 2.

        >>> features = np.repeat([[1.0, 0.0], [0.0, 1.0]], [14, 6], axis=0)
        >>> cluster_size(features)[[0, 19]]
        array([14.,  6.])
    """
    if not len(features):
        return np.zeros(0)
    clustering = cluster(features, clusters, unit=True)
    return clustering.size[clustering.label].astype(np.float64)
