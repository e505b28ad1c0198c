"""Metric `contrast`: the standard deviation of the pixels."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._pixels import per_image


@metric(unit="grey levels", harder="open", source="pixel baseline; second moment")
def contrast(image: np.ndarray) -> np.ndarray:
    """Population standard deviation of all values of the image, channels together.

    c_i = sqrt(mean_hwc (x_ihwc - mean_hwc x_ihwc)^2). An image of one value has 0; one
    of a single saturated colour does not, because its channels differ.

    Args:
        image: (N, H, W, C) uint8.

    Returns:
        (N,) float64, grey levels, 0..127.5.

    Examples:
        >>> contrast(np.array([10, 10, 20, 20], np.uint8).reshape(1, 2, 2, 1))
        array([5.])
    """
    return per_image(image, lambda x: x.std(axis=(1, 2, 3)))
