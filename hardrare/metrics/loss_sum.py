"""The metric `loss_sum`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import total


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_sum(loss: np.ndarray) -> np.ndarray:
    """Sum of the sample's own loss over epochs.

    score = sum_t L_t over t = 0, ..., T - 1.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards for the losses of this project.

    Example:
        >>> loss_sum(np.array([[4.0, 2.0, 1.0], [4.0, 3.0, np.nan]])).tolist()
        [7.0, 7.0]
    """
    return total(loss)
