"""The metric `el2n_early_sum`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import total


@metric(
    unit="1",
    harder="high",
    source="variant of EL2N, Paul et al., NeurIPS 2021, arXiv:2107.07075, over ten epochs",
)
def el2n_early_sum(error_norm: np.ndarray) -> np.ndarray:
    """Error norms of the first ten epochs together.

    score = sum_(t < 10) norm(softmax_t - onehot).
    With fewer than ten epochs all count. Epochs that are NaN are left out; a sample without any
    defined epoch scores 0.

    Args:
        error_norm: `(N, T)` Euclidean norm of softmax - onehot at the end of each epoch.

    Returns:
        `(N,)`, 0..10 sqrt(2).

    Example:
        >>> el2n_early_sum(np.array([[1.0, 0.5] * 5 + [9.0] * 5])).tolist()
        [7.5]
    """
    return total(np.asarray(error_norm)[:, :10])
