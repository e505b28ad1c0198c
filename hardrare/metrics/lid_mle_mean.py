"""The metric `lid_mle_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="dimensions",
    harder="high",
    source="Ma et al., ICML 2018 (over training); Levina & Bickel, NIPS 2004",
)
def lid_mle_mean(snapshot_lid_mle: np.ndarray) -> np.ndarray:
    """Mean local intrinsic dimension (maximum likelihood) over the snapshots of training.

    score = mean_s LID_s, over s = 1, ..., S.

    Args:
        snapshot_lid_mle: `(N, S)` local intrinsic dimension by `lid_mle` at each of S snapshots.

    Returns:
        `(N,)`, dimensions, 0 upwards.

    Example:
        >>> lid_mle_mean(np.array([[2.0, 4.0, 6.0]])).tolist()
        [4.0]
    """
    return mean(snapshot_lid_mle)
