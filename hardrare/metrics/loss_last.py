"""The metric `loss_last`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_last(loss: np.ndarray) -> np.ndarray:
    """The sample's own loss after training.

    score = L_(T-1), the last defined epoch.
    A sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, 0 upwards for the losses of this project.

    Example:
        >>> loss_last(np.array([[4.0, 2.0, 1.0], [4.0, 3.0, np.nan]])).tolist()
        [1.0, 3.0]
    """
    return last(loss)
