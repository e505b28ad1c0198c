"""The metric `norm_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(
    unit="feature^2",
    harder="open",
    source="Natifick, Skoltech Machine Learning project, 2024, who called it MSD",
)
def norm_std(norm: np.ndarray) -> np.ndarray:
    """Standard deviation of the squared size of the features over epochs.

    score = sqrt(mean_t (mean_d h_t^2 - mean_t mean_d h_t^2)^2) (population form).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        norm: `(N, T)` mean_d h_t^2 of each sample's features at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> norm_std(np.array([[1.0, 3.0, 5.0, 7.0]])).tolist()
        [2.23606797749979]
    """
    return std(norm)
