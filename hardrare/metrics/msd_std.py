"""The metric `msd_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(unit="feature^2", harder="open", source="Natifick, Skoltech Machine Learning project, 2024")
def msd_std(displacement: np.ndarray) -> np.ndarray:
    """Standard deviation of the squared movement of the features over epochs.

    score = sqrt(mean_t (MSD_t - mean_t MSD_t)^2) (population form).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> msd_std(np.array([[np.nan, 1.0, 3.0], [np.nan, 4.0, 4.0]])).tolist()
        [1.0, 0.0]
    """
    return std(displacement)
