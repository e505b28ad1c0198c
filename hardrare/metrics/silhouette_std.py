"""The metric `silhouette_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(
    unit="silhouette",
    harder="open",
    source="Team12, Skoltech Machine Learning project, 2024; silhouette: Rousseeuw, 1987",
)
def silhouette_std(snapshot_silhouette_last: np.ndarray) -> np.ndarray:
    """Deviation of the silhouette over the snapshots, each with a k-means of its own.

    score = sqrt(mean_s (s_s - mean s)^2) (population form), over s = 1, ..., S.

    Args:
        snapshot_silhouette_last: `(N, S)` silhouette by `silhouette_last` at each of S snapshots.

    Returns:
        `(N,)`, 0..1.

    Example:
        >>> silhouette_std(np.array([[0.25, 0.75]])).tolist()
        [0.25]
    """
    return std(snapshot_silhouette_last)
