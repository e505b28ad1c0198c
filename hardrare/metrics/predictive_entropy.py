"""The metric `predictive_entropy`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="nats", harder="high", source="Settles, Active Learning Literature Survey, 2009")
def predictive_entropy(predictive_entropy: np.ndarray) -> np.ndarray:
    """Entropy of what the final classifier says.

    score = H[p] = -sum_c p_c ln p_c.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        predictive_entropy: `(N, T)` entropy of the softmax, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..ln K.

    Example:
        >>> predictive_entropy(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(predictive_entropy)
