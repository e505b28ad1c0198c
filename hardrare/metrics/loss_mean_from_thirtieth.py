"""The metric `loss_mean_from_thirtieth`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import from_thirtieth, mean


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_mean_from_thirtieth(loss: np.ndarray) -> np.ndarray:
    """Mean of the sample's own loss over epochs past the first thirtieth.

    score = mean_t L_t over t = k, ..., T - 1, k = T // 30 (20 of 600).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards for the losses of this project.

    Example:
        >>> loss_mean_from_thirtieth(np.array([[9.0] + [1.0, 3.0] * 15])).tolist()
        [2.0]
    """
    return mean(from_thirtieth(loss))
