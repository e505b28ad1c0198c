"""Metric `triplet_margin`: whether a sample is nearer to its own than to others."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="1",
    harder="low",
    source="the margin of FaceNet's triplets: Schroff et al., CVPR 2015, arXiv:1503.03832",
    signal="whether its own view is nearer than other images",
)
def triplet_margin(
    hardest_positive_distance: np.ndarray, hardest_negative_distance: np.ndarray
) -> np.ndarray:
    """Mean lead of the nearest view of another class over the farthest of the own one.

    score = mean_t (min_n norm(z_t - z_tn) - max_p norm(z_t - z_tp)), z of unit length; below 0
    where another class is nearer.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        hardest_positive_distance: `(N, T)` distance to the farthest of the own class.
        hardest_negative_distance: `(N, T)` distance to the nearest of another class.

    Returns:
        `(N,)`, -2..2.

    Example:
        >>> triplet_margin(np.array([[0.5, 0.5]]), np.array([[1.0, 0.25]])).tolist()
        [0.125]
    """
    return mean(hardest_negative_distance - hardest_positive_distance)
