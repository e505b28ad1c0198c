"""The metric `code_norm_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="code", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_norm_mean(code_norm: np.ndarray) -> np.ndarray:
    """Mean of the size of the code over epochs.

    score = mean_t norm(c_t).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        code_norm: `(N, T)` Euclidean norm of the code at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> code_norm_mean(np.array([[1.0, 2.0, 6.0]])).tolist()
        [3.0]
    """
    return mean(code_norm)
