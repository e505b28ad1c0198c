"""The metric `learning_time`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.suffix import suffix_start


@metric(
    unit="epoch",
    harder="high",
    source="first-split learning time of Maini et al., NeurIPS 2022, arXiv:2210.15031, on all data",
)
def learning_time(correct: np.ndarray) -> np.ndarray:
    """The epoch from which the sample stays right, in a run on the whole training set.

    score = min{t : correct at every t' >= t}, epochs from 1.
    T + 1 = wrong at the last epoch: not learned.

    Args:
        correct: `(N, T)` bool, whether the prediction equals the given label.

    Returns:
        `(N,)`, whole numbers 1..T+1.

    Example:
        >>> learning_time(np.array([[0, 1, 1, 1], [1, 0, 0, 1], [1, 1, 1, 0]])).tolist()
        [2.0, 4.0, 5.0]
    """
    return suffix_start(correct)
