"""Metric `brightness`: the mean of the pixels."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._pixels import per_image


@metric(unit="grey levels", harder="open", source="pixel baseline; first moment")
def brightness(image: np.ndarray) -> np.ndarray:
    """Mean of all values of the image.

    b_i = mean_hwc x_ihwc. Defined for every image.

    Args:
        image: (N, H, W, C) uint8.

    Returns:
        (N,) float64, grey levels, 0..255.

    Examples:
        >>> brightness(np.array([0, 10, 20, 50], np.uint8).reshape(1, 2, 2, 1))
        array([20.])
    """
    return per_image(image, lambda x: x.mean(axis=(1, 2, 3)))
