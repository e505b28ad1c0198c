"""The metric `msd_slope`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._ends import discrepancy, running_mean


@metric(unit="feature^2", harder="open", source="Natifick, Skoltech Machine Learning project, 2024")
def msd_slope(displacement: np.ndarray) -> np.ndarray:
    """The fall of the smoothed movement from the start of training to its end.

    M_s = (MSD_s + MSD_(s+1) + MSD_(s+2)) / 3 over successive defined epochs;
    score = mean(M over the first k) - mean(M over the last k), k = min(5, n // 2), at least 1, of
    the n means.
    With fewer than 4 defined epochs there is at most one mean, and the score is 0.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> displacement = np.array([[np.nan, 9.0, 6.0, 3.0, 0.0], [np.nan, 1.0, 2.0, 3.0, np.nan]])
        >>> msd_slope(displacement).tolist()
        [3.0, 0.0]
    """
    return discrepancy(running_mean(displacement))
