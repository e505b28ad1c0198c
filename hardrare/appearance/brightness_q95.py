"""Statistic `brightness_q95`: how bright its bright parts are."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import quantile


@statistic(unit="grey levels", harder="low", source="quantile of the luminance; CleanVision 2023")
def brightness_q95(histogram: np.ndarray) -> np.ndarray:
    """The lowest luminance up to which at least 95 of 100 pixels lie.

    min {k: sum_(j <= k) p_j >= 0.95}.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), whole numbers 0..255.

    Examples:
        6 of 100 pixels are at 200, the others at 7.

        >>> pixels = np.zeros(256, int)
        >>> pixels[[7, 200]] = 94, 6
        >>> brightness_q95(pixels[None])
        array([200])
    """
    return quantile(histogram, 0.95)
