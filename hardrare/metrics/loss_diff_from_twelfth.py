"""The metric `loss_diff_from_twelfth`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first, from_twelfth, last


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_diff_from_twelfth(loss: np.ndarray) -> np.ndarray:
    """Change of the sample's own loss from an early epoch to the last.

    score = L_(T-1) - L_k, k = T // 12 (50 of 600): below 0 where it fell.
    An undefined epoch k is replaced by the next defined one, an undefined last one by the last
    defined one; a sample without any defined epoch from k on scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> loss_diff_from_twelfth(np.array([[9.0, 4.0] + [1.0] * 9 + [3.0]])).tolist()
        [-1.0]
    """
    later = from_twelfth(loss)
    return last(later) - first(later)
