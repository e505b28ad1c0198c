"""Metric `earlier_similarity`: how nearly a sample repeats an earlier one that is kept."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._kept import similarity_to_kept
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import points


@metric(
    unit="cosine",
    harder="high",  # an axis of its own: the high end is the more repeated one
    source="after Abbas et al., 2023, arXiv:2303.09540 (SemDeDup), by row order and no clusters",
)
def earlier_similarity(
    features: np.ndarray, *, neighbours: int = 10, duplicate_threshold: float = 0.999
) -> np.ndarray:
    """Largest cosine to an earlier sample that is kept; a sample is kept where it is too small.

    q_i = max_(j < i, q_j < t) u_i . u_j, t the threshold, over the k nearest other samples and
    over all that are at t or above; u the features divided by their L2 norm, u_i . u_j as
    1 - norm(u_i - u_j)^2 / 2, rounded to float32; -1 where there is no such j. Rows are decided
    in their order, so each sample with q_i >= t has an earlier one with q_j < t at that cosine:
    of a group of copies one is kept, and of a chain, in which each is like the next alone, every
    one that is too unlike those kept before. It looks at all samples, and here alone their order
    counts. `duplicate_similarity` orders by what a run learnt instead, so that two seeds may each
    call the other one of a pair, and their mean neither. A row of zeros has 1 with its like and
    1/2 with any other. k is clipped to N - 1; a lone sample has -1. From 100,000 samples on the
    neighbours are nearly all of the true ones, and a like sample may be missed.

    Args:
        features: (N, D), in the order of sample ids.
        neighbours: k, at least 1.
        duplicate_threshold: t, cosine; a ranking that reads the score takes the same one.

    Returns:
        (N,) float64, cosine, -1..1.

    Raises:
        InputError: k below 1, or features as in `points`.

    Examples:
        Directions 0, 60, 0 and 45 degrees: nothing is before the first, the second is at 60
        degrees to it, the third repeats it, the last is at 15 to the second. From 0.9 on the
        last is a duplicate. Of 0, 20 and 40 degrees the last is like the second, which is a
        duplicate itself: only its 40 degrees to the first count.

        >>> x = np.array([[1.0, 0.0], [1.0, 3**0.5], [2.0, 0.0], [3.0, 3.0]])
        >>> earlier_similarity(x).round(4)
        array([-1.    ,  0.5   ,  1.    ,  0.9659])
        >>> angle = np.deg2rad([0, 20, 40])
        >>> chain = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        >>> earlier_similarity(chain, duplicate_threshold=0.9).round(4)
        array([-1.    ,  0.9397,  0.766 ])
    """
    near = nearest(features, neighbours, unit=True)
    return similarity_to_kept(points(features, unit=True), near, duplicate_threshold)
