"""The metric `lid_tle_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="dimensions",
    harder="high",
    source="Team12, Skoltech Machine Learning project, 2024; estimator: Amsaleg et al., SDM 2019",
)
def lid_tle_mean(snapshot_lid_tle: np.ndarray) -> np.ndarray:
    """Mean local intrinsic dimension (tight local estimator) over the snapshots of training.

    score = mean_s LID_s, over s = 1, ..., S.

    Args:
        snapshot_lid_tle: `(N, S)` local intrinsic dimension by `lid_tle` at each of S snapshots.

    Returns:
        `(N,)`, dimensions, 0 upwards.

    Example:
        >>> lid_tle_mean(np.array([[2.0, 4.0, 6.0]])).tolist()
        [4.0]
    """
    return mean(snapshot_lid_tle)
