"""The metric `el2n`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first


@metric(unit="1", harder="high", source="Paul et al., NeurIPS 2021, arXiv:2107.07075")
def el2n(error_norm: np.ndarray) -> np.ndarray:
    """Error norm early in training, after a tenth of the epochs.

    score = norm(softmax - onehot) at the end of epoch ceil(T / 10), counted from 1 (20 of 200).
    The mean over runs is taken over seeds, not here. Where that epoch is undefined the next
    defined one counts; a sample without one scores 0.

    Args:
        error_norm: `(N, T)` Euclidean norm of softmax - onehot at the end of each epoch.

    Returns:
        `(N,)`, 0..sqrt(2).

    Example:
        >>> el2n(np.array([[1.25, 0.75] + [0.0] * 18])).tolist()
        [0.75]
    """
    error = np.asarray(error_norm)
    return first(error[:, -(-error.shape[1] // 10) - 1 :])
