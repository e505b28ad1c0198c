"""Statistic `brightness_q05`: how dark its dark parts are."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import quantile


@statistic(unit="grey levels", harder="open", source="quantile of the luminance; CleanVision 2023")
def brightness_q05(histogram: np.ndarray) -> np.ndarray:
    """The lowest luminance up to which at least 5 of 100 pixels lie.

    min {k: sum_(j <= k) p_j >= 0.05}.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), whole numbers 0..255.

    Examples:
        5 of 100 pixels are at 7, the others at 200.

        >>> pixels = np.zeros(256, int)
        >>> pixels[[7, 200]] = 5, 95
        >>> brightness_q05(pixels[None])
        array([7])
    """
    return quantile(histogram, 0.05)
