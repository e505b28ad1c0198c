"""The metric `cosine_msd_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="1", harder="open", source="cosine form of MSD, this project")
def cosine_msd_mean(cosine_displacement: np.ndarray) -> np.ndarray:
    """Mean over epochs of the turn of the features.

    score = mean_t (1 - cos(h_t, h_(t-1))), which no scale of the features changes.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        cosine_displacement: `(N, T)` 1 - cos(h_t, h_(t-1)), 0..2; NaN at epoch 0.

    Returns:
        `(N,)`, 0..2.

    Example:
        >>> cosine_msd_mean(np.array([[np.nan, 0.5, 1.0]])).tolist()
        [0.75]
    """
    return mean(cosine_displacement)
