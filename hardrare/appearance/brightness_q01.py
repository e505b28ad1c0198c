"""Statistic `brightness_q01`: how dark its darkest parts are."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import quantile


@statistic(unit="grey levels", harder="open", source="quantile of the luminance; CleanVision 2023")
def brightness_q01(histogram: np.ndarray) -> np.ndarray:
    """The lowest luminance up to which at least 1 of 100 pixels lies.

    min {k: sum_(j <= k) p_j >= 0.01}. The letters of a page of text take more than that.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), whole numbers 0..255.

    Examples:
        1 of 100 pixels is at 7, the others at 200.

        >>> pixels = np.zeros(256, int)
        >>> pixels[[7, 200]] = 1, 99
        >>> brightness_q01(pixels[None])
        array([7])
    """
    return quantile(histogram, 0.01)
