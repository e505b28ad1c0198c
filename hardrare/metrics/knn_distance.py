"""Metric `knn_distance`: how far the nearest samples are."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.neighbours import nearest


@metric(
    unit="cosine distance",
    harder="high",
    source="Angiulli & Pizzuti, PKDD 2002; on unit features: Sun et al., ICML 2022",
)
def knn_distance(features: np.ndarray, *, neighbours: int = 10) -> np.ndarray:
    """Mean cosine distance to the k nearest other samples.

    d_i = 1/k sum_(j in kNN(i)) (1 - u_i . u_j) = 1/k sum_j norm(u_i - u_j)^2 / 2, u the
    features divided by their L2 norm. A row of zeros stays zero: 0 from its like and 1/2
    from any other. k is clipped to N - 1; a lone sample has 0.

    Args:
        features: (N, D).
        neighbours: k, at least 1.

    Returns:
        (N,) float64, cosine distance, 0..2.

    Examples:
        Directions 0, 90 and 180 degrees: cosines 0 and -1 from the ends, 0 and 0 from the
        middle.

        >>> knn_distance(np.array([[1.0, 0.0], [0.0, 3.0], [-2.0, 0.0]]))
        array([1.5, 1. , 1.5])
    """
    distance = nearest(features, neighbours, unit=True).distance
    return (distance**2 / 2).sum(axis=1) / max(distance.shape[1], 1)
