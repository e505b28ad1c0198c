"""The metric `loss_std_from_thirtieth`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import from_thirtieth, std


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_std_from_thirtieth(loss: np.ndarray) -> np.ndarray:
    """Standard deviation of the sample's own loss over epochs past the first thirtieth.

    score = sqrt(mean_t (L_t - mean L)^2) (population form) over t = k, ..., T - 1, k = T // 30 (20
    of 600).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> loss_std_from_thirtieth(np.array([[9.0] + [1.0, 3.0] * 15])).tolist()
        [1.0]
    """
    return std(from_thirtieth(loss))
