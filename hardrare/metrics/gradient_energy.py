"""Metric `gradient_energy`: how much neighbouring pixels differ."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._pixels import per_image


@metric(unit="grey levels squared", harder="open", source="pixel baseline; squared gradient")
def gradient_energy(image: np.ndarray) -> np.ndarray:
    """Mean squared difference of neighbouring pixels, rows and columns added.

    g_i = mean_hwc (x_i,h+1,w,c - x_ihwc)^2 + mean_hwc (x_i,h,w+1,c - x_ihwc)^2, each mean
    over the pairs that exist. A direction of one pixel has no pair and adds 0.

    Args:
        image: (N, H, W, C) uint8.

    Returns:
        (N,) float64, grey levels squared, 0..130,050.

    Examples:
        Down: 10 and 0, squared mean 50. Across: 2 and 8, squared mean 34.

        >>> gradient_energy(np.array([0, 2, 10, 2], np.uint8).reshape(1, 2, 2, 1))
        array([84.])
    """
    return per_image(image, lambda x: _energy(x, 1) + _energy(x, 2))


def _energy(x: np.ndarray, axis: int) -> np.ndarray:
    """Mean squared difference along one axis of (B, H, W, C): (B,)."""
    if x.shape[axis] == 1:
        return np.zeros(len(x))
    step = np.diff(x, axis=axis).reshape(len(x), -1)
    return np.einsum("bp,bp->b", step, step) / step.shape[1]
