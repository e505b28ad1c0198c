"""The metric `msd_discrepancy`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._ends import discrepancy


@metric(unit="feature^2", harder="open", source="Natifick, Skoltech Machine Learning project, 2024")
def msd_discrepancy(displacement: np.ndarray) -> np.ndarray:
    """How much more the features move at the start of training than at its end.

    score = mean(MSD over the first k) - mean(MSD over the last k), k = min(5, n // 2), at least 1,
    of the n defined epochs (epoch 0 is none of them).
    With one defined epoch or none the score is 0.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> msd_discrepancy(np.array([[np.nan, 6.0, 4.0, 9.0, 2.0, 2.0]])).tolist()
        [3.0]
    """
    return discrepancy(displacement)
