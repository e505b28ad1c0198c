"""The metric `code_displacement_l2_var`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import variance


@metric(unit="code^2", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_displacement_l2_var(code_displacement_l2: np.ndarray) -> np.ndarray:
    """Variance of the Euclidean length of the change of the code over epochs.

    score = mean_t (d_t - mean_t d_t)^2 (population form).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        code_displacement_l2: `(N, T)` d_t = sqrt(sum_j (c_t,j - c_(t-1),j)^2) of the code c; NaN at
            epoch 0.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> code_displacement_l2_var(np.array([[np.nan, 1.0, 5.0]])).tolist()
        [4.0]
    """
    return variance(code_displacement_l2)
