"""The metric `lid_mle_var`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import variance


@metric(
    unit="dimensions^2",
    harder="open",
    source="Ma et al., ICML 2018 (over training); Levina & Bickel, NIPS 2004",
)
def lid_mle_var(snapshot_lid_mle: np.ndarray) -> np.ndarray:
    """Variance of the local intrinsic dimension (maximum likelihood) over the snapshots.

    score = mean_s (LID_s - mean LID)^2 (population form), over s = 1, ..., S.

    Args:
        snapshot_lid_mle: `(N, S)` local intrinsic dimension by `lid_mle` at each of S snapshots.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> lid_mle_var(np.array([[1.0, 5.0]])).tolist()
        [4.0]
    """
    return variance(snapshot_lid_mle)
