"""The metric `forgetting`: one value per sample."""

import numpy as np

from hardrare.metrics import metric


@metric(unit="event", harder="high", source="Toneva et al., ICLR 2019, arXiv:1812.05159")
def forgetting(correct: np.ndarray) -> np.ndarray:
    """How often the sample turned from right to wrong.

    score = #{t >= 1 : correct_(t-1) and not correct_t}.
    T = never right, above every count that T epochs allow (T // 2). The authors watch a sample
    whenever it is in a batch; here it is watched after every epoch.

    Args:
        correct: `(N, T)` bool, whether the prediction equals the given label.

    Returns:
        `(N,)`, whole numbers 0..T.

    Example:
        >>> forgetting(np.array([[0, 1, 0, 1], [1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]])).tolist()
        [1.0, 2.0, 0.0, 4.0]
    """
    right = np.asarray(correct, bool)
    events = (right[:, :-1] & ~right[:, 1:]).sum(axis=1)
    return np.where(right.any(axis=1), events, right.shape[1]).astype(np.float64)
