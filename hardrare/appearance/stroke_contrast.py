"""Statistic `stroke_contrast`: how far the boldest strokes stand out, however few they are."""

import math

import numpy as np

from hardrare.appearance import statistic

BOLDEST = 0.9995  # quantile; a word on a page takes more than what is above it, a speck does not


@statistic(unit="grey levels", harder="low", source="local range; 3 x 3 pixels")
def stroke_contrast(span: np.ndarray) -> np.ndarray:
    """The 99.95 % quantile of what 3 x 3 pixels span.

    A page with one word is white almost everywhere, and of one colour it is not.

    Args:
        span: (B, h, w) uint8, the largest less the least of 3 x 3 pixels.

    Returns:
        (B,), 0..255.

    Examples:
        >>> from hardrare.numerics.spans import span
        >>> page = np.full((2, 64, 64), 250, np.uint8)
        >>> page[1, 30, 20:40] = 30
        >>> stroke_contrast(span(page, 3))
        array([  0., 220.])
    """
    return np.array([_quantile(values, BOLDEST) for values in span])


def _quantile(levels: np.ndarray, share: float) -> float:
    """As `numpy.quantile` of levels uint8, by how many there are of each."""
    upto = np.bincount(levels.ravel(), minlength=256).cumsum()
    at = share * (levels.size - 1)
    low, high = np.searchsorted(upto, [int(at), math.ceil(at)], side="right")
    return float(low + (high - low) * (at - int(at)))
