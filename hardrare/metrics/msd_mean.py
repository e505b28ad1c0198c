"""The metric `msd_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="feature^2", harder="open", source="Natifick, Skoltech Machine Learning project, 2024")
def msd_mean(displacement: np.ndarray) -> np.ndarray:
    """Mean of the squared movement of the features over epochs.

    score = mean_t MSD_t.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> msd_mean(np.array([[np.nan, 1.0, 3.0], [np.nan, 4.0, 4.0]])).tolist()
        [2.0, 4.0]
    """
    return mean(displacement)
