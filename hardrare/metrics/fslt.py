"""The metric `fslt`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.suffix import suffix_start


@metric(unit="epoch", harder="high", source="Maini et al., NeurIPS 2022, arXiv:2210.15031")
def fslt(first_split_correct: np.ndarray) -> np.ndarray:
    """First-split learning time: the epoch from which the sample stays right.

    score = min{t : correct at every t' >= t} while training on its own half, epochs from 1.
    T1 + 1 = wrong at the last epoch: not learned. A lapse and recovery moves it back to the
    recovery: it is no first time of being right.

    Args:
        first_split_correct: `(N, T1)` bool, whether the prediction equals the given label.

    Returns:
        `(N,)`, whole numbers 1..T1+1.

    Example:
        >>> fslt(np.array([[0, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0], [1, 1, 1, 1]])).tolist()
        [2.0, 4.0, 5.0, 1.0]
    """
    return suffix_start(first_split_correct)
