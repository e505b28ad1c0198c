"""The metric `lgn_discrepancy`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._ends import discrepancy


@metric(
    unit="loss per pixel range",
    harder="open",
    source="Natifick, Skoltech Machine Learning project, 2024",
)
def lgn_discrepancy(gradient_norm: np.ndarray) -> np.ndarray:
    """How much larger the gradient norm is at the start of training than at its end.

    score = mean(LGN over the first k) - mean(LGN over the last k), k = min(5, n // 2), at least 1,
    of the n defined epochs.
    With one defined epoch or none the score is 0.

    Args:
        gradient_norm: `(N, T)` LGN_t = B * norm of dL/dx over all views of the sample.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> lgn_discrepancy(np.array([[6.0, 4.0, 9.0, 2.0, 2.0]])).tolist()
        [3.0]
    """
    return discrepancy(gradient_norm)
