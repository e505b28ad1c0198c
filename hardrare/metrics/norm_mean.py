"""The metric `norm_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="feature^2",
    harder="open",
    source="Natifick, Skoltech Machine Learning project, 2024, who called it MSD",
)
def norm_mean(norm: np.ndarray) -> np.ndarray:
    """Mean of the squared size of the features over epochs.

    score = mean_t mean_d h_t^2.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        norm: `(N, T)` mean_d h_t^2 of each sample's features at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> norm_mean(np.array([[1.0, 2.0, 6.0]])).tolist()
        [3.0]
    """
    return mean(norm)
