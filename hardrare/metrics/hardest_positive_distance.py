"""Metric `hardest_positive_distance`: how far apart a sample and the least alike of its class."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="1",
    harder="high",
    source="batch-hard mining: Hermans, Beyer & Leibe 2017, arXiv:1703.07737",
)
def hardest_positive_distance(hardest_positive_distance: np.ndarray) -> np.ndarray:
    """Mean distance to the farthest view of the own class, which without labels is the own view.

    score = mean_t max_p norm(z_t - z_tp), z projections of unit length.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        hardest_positive_distance: `(N, T)` that distance.

    Returns:
        `(N,)`, 0..2.

    Example:
        >>> hardest_positive_distance(np.array([[0.5, 1.0], [np.nan, 0.25]])).tolist()
        [0.75, 0.25]
    """
    return mean(hardest_positive_distance)
