"""The metric `loss_diff_from_thirtieth`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first, from_thirtieth, last


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_diff_from_thirtieth(loss: np.ndarray) -> np.ndarray:
    """Change of the sample's own loss from an early epoch to the last.

    score = L_(T-1) - L_k, k = T // 30 (20 of 600): below 0 where it fell.
    An undefined epoch k is replaced by the next defined one, an undefined last one by the last
    defined one; a sample without any defined epoch from k on scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> loss_diff_from_thirtieth(np.array([[9.0, 4.0] + [1.0] * 27 + [3.0]])).tolist()
        [-1.0]
    """
    later = from_thirtieth(loss)
    return last(later) - first(later)
