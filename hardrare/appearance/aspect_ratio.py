"""Statistic `aspect_ratio`: how wide for its height."""

import numpy as np

from hardrare.appearance import statistic


@statistic(unit="width / height", harder="open", source="size of the upright picture")
def aspect_ratio(luminance: np.ndarray) -> np.ndarray:
    """Width over height, after the turn that EXIF asks for.

    Args:
        luminance: (B, H, W) uint8.

    Returns:
        (B,), above 0.

    Examples:
        >>> aspect_ratio(np.zeros((1, 2, 3), np.uint8))
        array([1.5])
    """
    height, width = luminance.shape[1:]
    return np.full(len(luminance), width / height)
