"""Metric `density`: how crowded the surroundings are."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.neighbours import nearest

_RESOLUTION = 1e-6  # distances of float32 unit vectors mean nothing below this


@metric(
    unit="nats per dimension",
    harder="low",
    source="Loftsgaarden & Quesenberry, Ann. Math. Stat. 1965 (k-NN density)",
)
def density(features: np.ndarray, *, neighbours: int = 10) -> np.ndarray:
    """k-nearest-neighbour log density of the unit-length features, for each dimension.

    s_i = -ln r_i, r_i the Euclidean distance to the k-th nearest other sample after L2
    normalisation: the k-NN density k / (N V_d r_i^d) has the logarithm const - d ln r_i,
    so this orders samples alike for every d. r is not taken below 1e-6 (k copies of one
    sample), so that the score is finite. k is clipped to N - 1; a lone sample has 0.

    Args:
        features: (N, D).
        neighbours: k, at least 1.

    Returns:
        (N,) float64, nats per dimension, -ln 2 .. 6 ln 10 (about -0.69..13.82).

    Examples:
        Directions 0, 90 and 180 degrees, k = 1: every nearest one is at sqrt(2).

        >>> density(np.array([[1.0, 0.0], [0.0, 3.0], [-2.0, 0.0]]), neighbours=1).round(4)
        array([-0.3466, -0.3466, -0.3466])
    """
    distance = nearest(features, neighbours, unit=True).distance
    if distance.shape[1] == 0:
        return np.zeros(len(distance))
    return -np.log(np.maximum(distance[:, -1], _RESOLUTION))
