"""The metric `loss_var_from_thirtieth`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import from_thirtieth, variance


@metric(unit="loss^2", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_var_from_thirtieth(loss: np.ndarray) -> np.ndarray:
    """Variance of the sample's own loss over epochs past the first thirtieth.

    score = mean_t (L_t - mean L)^2 (population form) over t = k, ..., T - 1, k = T // 30 (20 of
    600).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> loss_var_from_thirtieth(np.array([[9.0] + [1.0, 5.0] * 15])).tolist()
        [4.0]
    """
    return variance(from_thirtieth(loss))
