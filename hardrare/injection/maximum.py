"""The brighter of two images, pixel by pixel."""

import numpy as np

from hardrare.injection._formula import formula
from hardrare.injection._registry import artefact


@artefact(
    "maximum of a pair",
    "the brighter of two images at each pixel",
    formula(lambda a, b, _: np.where(a < b, b, a)),
)
def maximum(image: np.ndarray, partner: np.ndarray) -> np.ndarray:
    """max(a, b) for each pixel and channel; it adds ink on dark grounds.

    Args:
        image: `(H, W, C)` uint8, a.
        partner: `(H, W, C)` uint8, b.

    Returns:
        `(H, W, C)` uint8, exact.

    >>> maximum(np.array([[[3, 9]]], np.uint8), np.array([[[5, 7]]], np.uint8)).tolist()
    [[[5, 9]]]
    """
    return np.maximum(image, partner)
