"""The metric `msd_ratio`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._ends import ends

FLOOR = 1e-12  # below this, movement is rounding


@metric(unit="1", harder="open", source="Natifick, Skoltech Machine Learning project, 2024")
def msd_ratio(displacement: np.ndarray) -> np.ndarray:
    """How many times more the features move at the start of training than at its end.

    score = max(mean(MSD over the first k), f) / max(mean(MSD over the last k), f), f = 1e-12,
    k = min(5, n // 2), at least 1, of the n defined epochs (epoch 0 is none of them).
    Features that never move, one defined epoch or none give 1.

    Args:
        displacement: `(N, T)` MSD_t = mean_d (h_t - h_(t-1))^2 of each sample; NaN at epoch 0.

    Returns:
        `(N,)`, above 0.

    Example:
        >>> msd_ratio(np.array([[np.nan, 6.0, 4.0, 9.0, 2.0, 2.0], [0.0] * 6])).tolist()
        [2.5, 1.0]
    """
    start, end = ends(displacement)
    return np.maximum(start, FLOOR) / np.maximum(end, FLOOR)
