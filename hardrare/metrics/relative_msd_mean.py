"""The metric `relative_msd_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="1", harder="open", source="relative form of MSD, this project")
def relative_msd_mean(displacement: np.ndarray, norm: np.ndarray) -> np.ndarray:
    """Mean over epochs of the squared movement relative to the size of the features.

    score = mean_t (MSD_t / mean_d h_t^2), which no scale of the features changes.
    Epochs that are NaN, or whose features are all 0, are left out; a sample without any other epoch
    scores 0.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.
        norm: `(N, T)` mean_d h_t^2 of each sample's features at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> displacement = np.array([[np.nan, 1.0, 3.0], [np.nan, 2.0, 5.0]])
        >>> norm = np.array([[1.0, 2.0, 2.0], [1.0, 4.0, 0.0]])
        >>> relative_msd_mean(displacement, norm).tolist()
        [1.0, 0.5]
    """
    size = np.asarray(norm, np.float64)
    moved = np.asarray(displacement, np.float64)
    return mean(moved / np.where(size > 0, size, np.nan))
