"""Metric `hardest_negative_distance`: how near a sample the most alike of other classes is."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="1",
    harder="low",
    source="batch-hard mining: Hermans, Beyer & Leibe 2017, arXiv:1703.07737",
)
def hardest_negative_distance(hardest_negative_distance: np.ndarray) -> np.ndarray:
    """Mean distance to the nearest view of another class, which without labels is another image.

    score = mean_t min_n norm(z_t - z_tn), z projections of unit length.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        hardest_negative_distance: `(N, T)` that distance.

    Returns:
        `(N,)`, 0..2.

    Example:
        >>> hardest_negative_distance(np.array([[0.5, 1.0], [np.nan, 0.25]])).tolist()
        [0.75, 0.25]
    """
    return mean(hardest_negative_distance)
