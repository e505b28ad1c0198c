"""The metric `code_entropy_diff`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first, last


@metric(unit="nats", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def code_entropy_diff(code_entropy: np.ndarray) -> np.ndarray:
    """Change of the code's entropy from the first epoch to the last.

    score = H_(T-1) - H_0: below 0 where it fell.
    An undefined first epoch is replaced by the next defined one, an undefined last one by the last
    defined one; a sample without any defined epoch scores 0.

    Args:
        code_entropy: `(N, T)` H_t = -sum_j q_j ln q_j with q = code / sum(code), nats.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> code_entropy_diff(np.array([[4.0, 1.0, 3.0]])).tolist()
        [-1.0]
    """
    return last(code_entropy) - first(code_entropy)
