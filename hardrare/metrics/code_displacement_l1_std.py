"""The metric `code_displacement_l1_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(unit="code", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_displacement_l1_std(code_displacement_l1: np.ndarray) -> np.ndarray:
    """Standard deviation of the sum of absolute changes of the code over epochs.

    score = sqrt(mean_t (d_t - mean_t d_t)^2) (population form).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        code_displacement_l1: `(N, T)` d_t = sum_j |c_t,j - c_(t-1),j| of the code c; NaN at epoch
            0.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> code_displacement_l1_std(np.array([[np.nan, 1.0, 3.0]])).tolist()
        [1.0]
    """
    return std(code_displacement_l1)
