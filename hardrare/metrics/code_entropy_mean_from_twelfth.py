"""The metric `code_entropy_mean_from_twelfth`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import from_twelfth, mean


@metric(unit="nats", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_entropy_mean_from_twelfth(code_entropy: np.ndarray) -> np.ndarray:
    """Mean of the code's entropy over epochs past the first twelfth.

    score = mean_t H_t over t = k, ..., T - 1, k = T // 12 (50 of 600).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        code_entropy: `(N, T)` H_t = -sum_j q_j ln q_j with q = code / sum(code), nats.

    Returns:
        `(N,)`, 0..ln D for a code of D shares.

    Example:
        >>> code_entropy_mean_from_twelfth(np.array([[9.0] + [1.0, 3.0] * 6])).tolist()
        [2.0]
    """
    return mean(from_twelfth(code_entropy))
