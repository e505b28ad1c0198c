"""The metric `code_entropy_last`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="nats", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_entropy_last(code_entropy: np.ndarray) -> np.ndarray:
    """The code's entropy after training.

    score = H_(T-1), the last defined epoch.
    A sample without any defined epoch scores 0.

    Args:
        code_entropy: `(N, T)` H_t = -sum_j q_j ln q_j with q = code / sum(code), nats.

    Returns:
        `(N,)`, 0..ln D for a code of D shares.

    Example:
        >>> code_entropy_last(np.array([[4.0, 2.0, 1.0], [4.0, 3.0, np.nan]])).tolist()
        [1.0, 3.0]
    """
    return last(code_entropy)
