"""The metric `silhouette_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="silhouette",
    harder="low",
    source="Team12, Skoltech Machine Learning project, 2024; silhouette: Rousseeuw, 1987",
)
def silhouette_mean(snapshot_silhouette_last: np.ndarray) -> np.ndarray:
    """Mean silhouette over the snapshots of training, each with a k-means of its own.

    score = mean_s s_s, over s = 1, ..., S.

    Args:
        snapshot_silhouette_last: `(N, S)` silhouette by `silhouette_last` at each of S snapshots.

    Returns:
        `(N,)`, -1..1.

    Example:
        >>> silhouette_mean(np.array([[0.25, 0.75]])).tolist()
        [0.5]
    """
    return mean(snapshot_silhouette_last)
