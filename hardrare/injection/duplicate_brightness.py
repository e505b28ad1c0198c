"""An image once more, brighter."""

import numpy as np

from hardrare.injection._formula import ROUNDING, formula
from hardrare.injection._registry import COPIED, artefact


@artefact(
    "brighter copy",
    "the image added once more, brighter",
    formula(lambda a, _, row: (a + row["strength"]).clip(0, 255), ROUNDING),
    strength="grey levels that the copy is brighter by",
    unit="grey levels",
    high=255.0,
    copies=True,
    note=COPIED,
)
def duplicate_brightness(image: np.ndarray, strength: float) -> np.ndarray:
    """round(clip(x + strength)) for each pixel and channel.

    Args:
        image: `(H, W, C)` uint8, x.
        strength: grey levels, above 0.

    Returns:
        `(H, W, C)` uint8, within half a grey level of the formula.

    >>> duplicate_brightness(np.array([[[3, 250]]], np.uint8), 10).tolist()
    [[[13, 255]]]
    """
    return np.rint((image.astype(np.float64) + strength).clip(0, 255)).astype(np.uint8)
