"""The metric `code_displacement_l1_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="code", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_displacement_l1_mean(code_displacement_l1: np.ndarray) -> np.ndarray:
    """Mean of the sum of absolute changes of the code over epochs.

    score = mean_t d_t.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        code_displacement_l1: `(N, T)` d_t = sum_j |c_t,j - c_(t-1),j| of the code c; NaN at epoch
            0.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> code_displacement_l1_mean(np.array([[np.nan, 1.0, 3.0]])).tolist()
        [2.0]
    """
    return mean(code_displacement_l1)
