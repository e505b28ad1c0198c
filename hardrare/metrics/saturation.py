"""Metric `saturation`: how far the pixels are from grey."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._pixels import per_image


@metric(unit="share", harder="open", source="pixel baseline; HSV: Smith, SIGGRAPH 1978")
def saturation(image: np.ndarray) -> np.ndarray:
    """Mean HSV saturation of the pixels.

    s_i = mean_hw (max_c x_ihwc - min_c x_ihwc) / max_c x_ihwc, over the first three
    channels. A black pixel counts 0; an image of fewer than three channels is grey and
    has 0 throughout.

    Args:
        image: (N, H, W, C) uint8.

    Returns:
        (N,) float64, a share, 0..1.

    Examples:
        Pixels (200, 100, 50) and (9, 9, 9): 150 / 200 and 0.

        >>> saturation(np.array([200, 100, 50, 9, 9, 9], np.uint8).reshape(1, 1, 2, 3))
        array([0.375])
    """
    if image.ndim == 4 and image.shape[3] < 3:
        return per_image(image[..., :1], lambda x: np.zeros(len(x)), np.uint8)
    return per_image(image, _saturation)


def _saturation(x: np.ndarray) -> np.ndarray:
    """Mean saturation of (B, H, W, C): (B,)."""
    red, green, blue = (x[..., c] for c in range(3))  # several times faster than max(axis=3)
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    return ((most - least) / np.maximum(most, 1)).mean(axis=(1, 2))
