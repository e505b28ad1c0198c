"""Gaussian blur of every channel."""

import numpy as np
from scipy.ndimage import gaussian_filter

from hardrare.injection._formula import ROUNDING, formula
from hardrare.injection._registry import artefact


@artefact(
    "blur",
    "Gaussian blur",
    formula(lambda a, _, row: gaussian_filter(a, (row["strength"],) * 2 + (0,)), ROUNDING),
    strength="sigma in pixels",
    unit="pixels (sigma)",
)
def blur(image: np.ndarray, strength: float) -> np.ndarray:
    """Each channel smoothed by a Gaussian, edges reflected, rounded to uint8.

    Args:
        image: `(H, W, C)` uint8.
        strength: sigma in pixels, above 0.

    Returns:
        `(H, W, C)` uint8, within half a grey level of the smoothed image.
    """
    smooth = gaussian_filter(image.astype(np.float64), sigma=(strength, strength, 0))
    return np.rint(smooth.clip(0, 255)).astype(np.uint8)
