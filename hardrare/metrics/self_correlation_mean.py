"""The metric `self_correlation_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._epochs import mean


@metric(unit="1", harder="low", source="Team12, Skoltech Machine Learning project, 2024")
def self_correlation_mean(self_correlation: np.ndarray) -> np.ndarray:
    """Mean of the correlation of the sample's own two views over epochs.

    score = mean_t C_ii,t.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        self_correlation: `(N, T)` C_ii of each epoch, -1..1, with C = Z1 Z2^T over the batch, Z
            standardised per feature and its rows L2-normalised.

    Returns:
        `(N,)`, -1..1.

    Example:
        >>> self_correlation_mean(np.array([[0.25, 0.75, 0.5]])).tolist()
        [0.5]
    """
    return mean(self_correlation)
