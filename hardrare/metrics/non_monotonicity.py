"""The metric `non_monotonicity`: one value per sample."""

import numpy as np

from hardrare.metrics import metric


@metric(
    unit="share",
    harder="high",
    source="after Kaplun et al., ICLR 2023, arXiv:2202.09931, over the epochs of one run",
)
def non_monotonicity(probability: np.ndarray, correct: np.ndarray) -> np.ndarray:
    """How often the sample gets worse while the model as a whole gets better.

    score = share, among the epochs t >= 1 with A_t > A_(t-1), of those with p_t(y) < p_(t-1)(y);
    A_t = share of all samples that are right at t.
    It looks at all samples: score whole runs, not blocks of rows. 0 where A never rises; a step
    with an undefined probability is no fall.

    Args:
        probability: `(N, T)` softmax probability of the given label, 0..1.
        correct: `(N, T)` bool, whether the prediction equals the given label.

    Returns:
        `(N,)`, 0..1.

    Example:
        >>> right = np.array([[0, 0, 1, 1], [0, 1, 1, 1], [1, 1, 0, 1]])
        >>> p = np.array([[0.1, 0.3, 0.6, 0.9], [0.4, 0.6, 0.9, 0.7], [0.9, 0.7, 0.2, 0.1]])
        >>> non_monotonicity(p, right).tolist()
        [0.0, 0.5, 1.0]
    """
    p = np.asarray(probability, np.float64)
    rises = np.diff(np.asarray(correct, bool).sum(axis=0)) > 0
    falls = np.diff(p, axis=1) < 0
    return falls[:, rises].sum(axis=1) / max(rises.sum(), 1)
