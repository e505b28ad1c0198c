"""Metric `pixel_max`: the brightest value."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._pixels import per_image


@metric(unit="grey levels", harder="open", source="pixel baseline; range")
def pixel_max(image: np.ndarray) -> np.ndarray:
    """The brightest value of the image, over pixels and channels.

    v_i = max_hwc x_ihwc. Defined for every image.

    Args:
        image: (N, H, W, C) uint8.

    Returns:
        (N,) float64, grey levels, 0..255.

    Examples:
        >>> pixel_max(np.array([3, 10, 20, 50], np.uint8).reshape(1, 2, 2, 1))
        array([50.])
    """
    return per_image(image, lambda x: x.max(axis=(1, 2, 3)), np.uint8)
