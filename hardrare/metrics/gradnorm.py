"""The metric `gradnorm`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="1", harder="low", source="Huang et al., NeurIPS 2021, arXiv:2110.00218")
def gradnorm(gradnorm: np.ndarray) -> np.ndarray:
    """Gradient of the distance from the uniform distribution, of the final classifier.

    score = norm_1(d KL(u, p) / dW_last) = norm_1(h) * sum_c abs(p_c - 1/K).
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        gradnorm: `(N, T)` that norm, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> gradnorm(np.array([[np.nan, 4.0], [np.nan, 2.5]])).tolist()
        [4.0, 2.5]
    """
    return last(gradnorm)
