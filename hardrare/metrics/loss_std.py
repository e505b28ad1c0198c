"""The metric `loss_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_std(loss: np.ndarray) -> np.ndarray:
    """Standard deviation of the sample's own loss over epochs.

    score = sqrt(mean_t (L_t - mean L)^2) (population form) over t = 0, ..., T - 1.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> loss_std(np.array([[1.0, 3.0, np.nan]])).tolist()
        [1.0]
    """
    return std(loss)
