"""The metric `lid_tle_var`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import variance


@metric(
    unit="dimensions^2",
    harder="open",
    source="Team12, Skoltech Machine Learning project, 2024; estimator: Amsaleg et al., SDM 2019",
)
def lid_tle_var(snapshot_lid_tle: np.ndarray) -> np.ndarray:
    """Variance of the local intrinsic dimension (tight local estimator) over the snapshots.

    score = mean_s (LID_s - mean LID)^2 (population form), over s = 1, ..., S.

    Args:
        snapshot_lid_tle: `(N, S)` local intrinsic dimension by `lid_tle` at each of S snapshots.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> lid_tle_var(np.array([[1.0, 5.0]])).tolist()
        [4.0]
    """
    return variance(snapshot_lid_tle)
