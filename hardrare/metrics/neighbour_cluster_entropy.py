"""Metric `neighbour_cluster_entropy`: whether the nearest samples are of one kind."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.clusters import cluster
from hardrare.numerics.neighbours import nearest

CLUSTERS = (10, 20, 40)  # K of each clustering


@metric(
    unit="nat",
    harder="high",
    source="after Northcutt et al., JAIR 2021, and ELFS (ICLR 2025): clusters in place of labels",
)
def neighbour_cluster_entropy(features: np.ndarray, *, neighbours: int = 10) -> np.ndarray:
    """Entropy of the cluster ids of the k nearest samples, mean over three k-means.

    e_i = mean_m -sum_c p_imc ln p_imc, p_imc the share of the k nearest of i in cluster c of
    clustering m (K = 10, 20, 40), neighbours and clusters of the unit-length features. K is
    clipped to the distinct rows and to N / 10. A lone sample has 0.

    Args:
        features: (N, D).
        neighbours: k, at least 1.

    Returns:
        (N,) float64, nats, 0..ln k.

    Examples:
        Of 30 samples 15 point one way and 15 another: the nearest are always of one cluster.

        >>> features = np.repeat([[1.0, 0.0], [0.0, 1.0]], 15, axis=0)
        >>> float(neighbour_cluster_entropy(features).max())
        0.0
    """
    index = nearest(features, neighbours, unit=True).index if len(features) else np.empty((0, 0))
    entropy = np.zeros(len(features))
    if not index.size:
        return entropy
    rows, k = np.arange(len(index))[:, None], index.shape[1]
    for clusters in CLUSTERS:
        label = cluster(features, clusters, unit=True).label
        counts = np.zeros((len(index), int(label.max()) + 1))
        np.add.at(counts, (np.broadcast_to(rows, index.shape), label[index]), 1)
        share = counts / k
        entropy -= (share * np.log(np.where(share > 0, share, 1))).sum(axis=1)
    return np.maximum(entropy / len(CLUSTERS), 0)
