"""Metric `earlier_similarity`: how nearly a sample repeats one that stands before it."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._neighbours import nearest

NONE = -1.0  # no neighbour stands before it


@metric(
    unit="cosine",
    harder="high",  # an axis of its own: the high end is the more repeated one
    source="after Abbas et al., 2023, arXiv:2303.09540 (SemDeDup), by row order and no clusters",
)
def earlier_similarity(features: np.ndarray, *, neighbours: int = 10) -> np.ndarray:
    """Largest cosine to a sample of an earlier row among the k nearest other samples.

    q_i = max_(j < i, j in kNN(i)) u_i . u_j, u the features divided by their L2 norm, as
    1 - norm(u_i - u_j)^2 / 2; -1 where none of the k nearest is earlier. Of two like samples
    the later one has the high score, in every run and every seed: here alone the order of the
    samples counts. `duplicate_similarity` orders by what a run learnt instead, so that two seeds
    may each call the other one of a pair, and their mean neither. A row of zeros has 1 with its
    like and 1/2 with any other. k is clipped to N - 1; a lone sample has -1.

    Args:
        features: (N, D), in the order of sample ids.
        neighbours: k, at least 1.

    Returns:
        (N,) float64, cosine, -1..1.

    Examples:
        Directions 0, 60, 0 and 45 degrees: nothing is before the first, the second is at 60
        degrees to it, the third repeats it, the last is at 15 to the second.

        >>> x = np.array([[1.0, 0.0], [1.0, 3**0.5], [2.0, 0.0], [3.0, 3.0]])
        >>> earlier_similarity(x).round(4)
        array([-1.    ,  0.5   ,  1.    ,  0.9659])
    """
    found = nearest(features, neighbours, unit=True)
    cosine = 1 - found.distance**2 / 2
    earlier = found.index < np.arange(len(cosine))[:, None]
    return np.where(earlier, cosine, NONE).max(axis=1, initial=NONE)
