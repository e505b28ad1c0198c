"""The metric `forgetting_events`: one value per sample."""

import numpy as np

from hardrare.metrics import metric


@metric(
    unit="event",
    harder="high",
    source="Toneva et al., ICLR 2019, as Guo et al. count it, DEXA 2022, arXiv:2204.08499",
)
def forgetting_events(correct: np.ndarray) -> np.ndarray:
    """How often the sample turned from right to wrong, without a rule for the never-learnt.

    score = #{t >= 1 : correct_(t-1) and not correct_t}; 0 for a sample that is never right.
    `forgetting` gives it T instead, as the authors' own code does: there lies the hard end of
    the never-learnt, here the easy one.

    Args:
        correct: `(N, T)` bool, whether the prediction equals the given label.

    Returns:
        `(N,)`, whole numbers 0..T // 2.

    Example:
        >>> right = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
        >>> forgetting_events(right).tolist()
        [1.0, 2.0, 0.0, 0.0]
    """
    right = np.asarray(correct, bool)
    return (right[:, :-1] & ~right[:, 1:]).sum(axis=1).astype(np.float64)
