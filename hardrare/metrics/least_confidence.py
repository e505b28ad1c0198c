"""The metric `least_confidence`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="1", harder="high", source="Settles, Active Learning Literature Survey, 2009")
def least_confidence(least_confidence: np.ndarray) -> np.ndarray:
    """How far the likeliest class of the final classifier is from certain.

    score = 1 - max_c p_c.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        least_confidence: `(N, T)` 1 - largest softmax, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..1 - 1/K.

    Example:
        >>> least_confidence(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(least_confidence)
