"""The metric `grand_last_layer`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first


@metric(
    unit="1",
    harder="high",
    source="Paul et al., NeurIPS 2021, arXiv:2107.07075; of the last layer alone",
)
def grand_last_layer(grand_last_layer: np.ndarray) -> np.ndarray:
    """Norm of the sample's gradient by the last layer's weights and bias, early in training.

    score = norm(softmax - onehot) * norm([h, 1]) at the end of epoch ceil(T / 10), from 1.
    The mean over runs is taken over seeds, not here. A sample without the epoch scores 0.

    Args:
        grand_last_layer: `(N, T)` that norm, NaN but at that epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> grand_last_layer(np.array([[np.nan, 1.5, np.nan]])).tolist()
        [1.5]
    """
    return first(grand_last_layer)
