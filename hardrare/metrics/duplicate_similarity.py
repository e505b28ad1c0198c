"""Metric `duplicate_similarity`: how nearly a sample repeats one that is kept."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._duplicates import Keep, duplicates


@metric(
    unit="cosine",
    harder="high",  # an axis of its own: the high end is the more repeated one
    source="Abbas et al., 2023, arXiv:2303.09540 (SemDeDup)",
)
def duplicate_similarity(
    features: np.ndarray, *, clusters: int = 50, keep: Keep = "farthest"
) -> np.ndarray:
    """Largest cosine to a sample that would be kept before it, inside k-means clusters.

    q_i = max_(j before i, c_j = c_i) u_i . u_j, u the features divided by their L2 norm,
    c their k-means clusters, "before" by falling distance to the centroid (`keep` names
    other orders). A sample is a duplicate where q > 1 - eps. The first of each cluster
    has nothing before it: -1. Of exact copies the first row is kept; `_duplicates.duplicates`
    also tells which sample it is.

    Args:
        features: (N, D).
        clusters: K, at least 1, clipped to the distinct rows and to N / 10.
        keep: `farthest` from the centroid first, `nearest`, or `random`.

    Returns:
        (N,) float64, cosine, -1..1.

    Examples:
        One cluster: directions 0 twice and 90 degrees. The mean is at 26.6 degrees, so the
        sample at 90 is first, then one of the copies (cosine 0), then the other (cosine 1).

        >>> duplicate_similarity(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]))
        array([ 0.,  1., -1.])
    """
    return duplicates(features, clusters, keep).similarity
