"""Statistic `brightness_mean`: how bright the picture is."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import LEVELS, shares


@statistic(unit="grey levels", harder="open", source="first moment of the luminance")
def brightness_mean(histogram: np.ndarray) -> np.ndarray:
    """Mean luminance: sum_k k p_k.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), 0..255.

    Examples:
        >>> pixels = np.bincount([0, 10, 20, 50], minlength=256)
        >>> brightness_mean(pixels[None])
        array([20.])
    """
    return shares(histogram) @ LEVELS
