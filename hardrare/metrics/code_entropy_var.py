"""The metric `code_entropy_var`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import variance


@metric(unit="nats^2", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_entropy_var(code_entropy: np.ndarray) -> np.ndarray:
    """Variance of the code's entropy over epochs.

    score = mean_t (H_t - mean H)^2 (population form) over t = 0, ..., T - 1.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        code_entropy: `(N, T)` H_t = -sum_j q_j ln q_j with q = code / sum(code), nats.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> code_entropy_var(np.array([[1.0, 5.0, np.nan]])).tolist()
        [4.0]
    """
    return variance(code_entropy)
