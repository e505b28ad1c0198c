"""The metric `cross_correlation_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="1", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def cross_correlation_mean(cross_correlation: np.ndarray) -> np.ndarray:
    """Mean of the squared correlation with other samples over epochs.

    score = mean_t mean_(j != i) C_ij,t^2.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        cross_correlation: `(N, T)` mean_(j != i) C_ij^2 of each epoch, 0..1, with C = Z1 Z2^T over
            the batch, Z standardised per feature and its rows L2-normalised.

    Returns:
        `(N,)`, 0..1.

    Example:
        >>> cross_correlation_mean(np.array([[0.25, 0.75, 0.5]])).tolist()
        [0.5]
    """
    return mean(cross_correlation)
