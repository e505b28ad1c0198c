"""Statistic `contrast`: how far apart dark and bright are."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import LEVELS, shares


@statistic(unit="grey levels", harder="low", source="RMS contrast; Peli, JOSA A 1990")
def contrast(histogram: np.ndarray) -> np.ndarray:
    """Standard deviation of the luminance: sqrt(sum_k (k - mean)^2 p_k).

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), 0..127.5.

    Examples:
        >>> contrast(np.bincount([10, 20], minlength=256)[None])
        array([5.])
    """
    share = shares(histogram)
    mean = share @ LEVELS
    return np.sqrt((share * (LEVELS - mean[:, None]) ** 2).sum(axis=1))
