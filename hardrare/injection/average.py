"""Two images averaged."""

import numpy as np

from hardrare.injection._formula import ROUNDING, formula, weighted
from hardrare.injection._registry import artefact


@artefact(
    "averaged pair",
    "two images blended pixel by pixel",
    formula(weighted, ROUNDING),
    strength="weight w of the image, 1 - w of its partner",
    unit="weight",
    high=1.0,
)
def average(image: np.ndarray, partner: np.ndarray, strength: float) -> np.ndarray:
    """round(clip(w a + (1 - w) b)), computed in float64 and stored in uint8.

    Halves go to the even number. Averaging lowers contrast and lifts the darkest
    pixel, which one-line pixel statistics see: compare `contrast_matched`.

    Args:
        image: `(H, W, C)` uint8, a.
        partner: `(H, W, C)` uint8, b.
        strength: w, 0..1.

    Returns:
        `(H, W, C)` uint8, within half a grey level of w a + (1 - w) b.

    >>> average(np.array([[[0]]], np.uint8), np.array([[[101]]], np.uint8), 0.5).item()
    50
    """
    mixed = strength * image.astype(np.float64) + (1 - strength) * partner
    return np.rint(mixed.clip(0, 255)).astype(np.uint8)
