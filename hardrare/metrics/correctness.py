"""The metric `correctness`: one value per sample."""

import numpy as np

from hardrare.metrics import metric


@metric(unit="share", harder="low", source="Swayamdipta et al., EMNLP 2020, arXiv:2009.10795")
def correctness(correct: np.ndarray) -> np.ndarray:
    """Share of the epochs at which the prediction equals the given label.

    score = #{t : correct_t} / T.
    A sample that is never right scores 0.

    Args:
        correct: `(N, T)` bool.

    Returns:
        `(N,)`, 0..1 in steps of 1 / T.

    Example:
        >>> correctness(np.array([[0, 1, 1, 1], [0, 0, 0, 0]])).tolist()
        [0.75, 0.0]
    """
    return np.asarray(correct, bool).mean(axis=1)
