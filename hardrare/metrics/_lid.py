"""What the estimators of local intrinsic dimension share: zero distances and limits."""

import numpy as np

from hardrare.numerics.neighbours import nearest

_FLAT = 1e-6  # a mean log ratio below this is the rounding of equal distances


def dropped_distances(features: np.ndarray, neighbours: int) -> np.ndarray:
    """How many of the k nearest neighbours are copies at distance 0, which estimators drop.

    Args:
        features: (N, D).
        neighbours: k, at least 1.

    Returns:
        (N,) int64, 0..k.
    """
    return (nearest(features, neighbours).distance == 0).sum(axis=1)


def dimension(mean_log: np.ndarray, usable: np.ndarray, width: int) -> np.ndarray:
    """Estimates from mean log ratios, with the two cases that the formula leaves open.

    Args:
        mean_log: (N,) mean of ln(r / distance), the inverse of the dimension, >= 0.
        usable: (N,) neighbours at a positive distance.
        width: D, the number of features.

    Returns:
        (N,) float64, 1 / mean_log. With fewer than two usable neighbours 0 (a point mass
        has no dimension); where all distances are equal, so that the estimate grows
        beyond any bound, D.
    """
    estimate = np.where(mean_log > _FLAT, 1 / np.maximum(mean_log, _FLAT), float(width))
    return np.where(usable < 2, 0.0, estimate)
