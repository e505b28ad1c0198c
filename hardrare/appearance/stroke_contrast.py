"""Statistic `stroke_contrast`: how far the boldest strokes stand out, however few they are."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._spans import spans

BOLDEST = 0.9995  # quantile; a word on a page takes more than what is above it, a speck does not


@statistic(unit="grey levels", harder="low", source="local range; 3 x 3 pixels")
def stroke_contrast(small: np.ndarray) -> np.ndarray:
    """The 99.95 % quantile of what 3 x 3 pixels span.

    A page with one word is white almost everywhere, and of one colour it is not.

    Args:
        small: (B, h, w) uint8, luminance of at most 320 pixels a side.

    Returns:
        (B,), 0..255.

    Examples:
        >>> page = np.full((2, 64, 64), 250, np.uint8)
        >>> page[1, 30, 20:40] = 30
        >>> stroke_contrast(page)
        array([  0., 220.])
    """
    return np.quantile(spans(small).reshape(len(small), -1), BOLDEST, axis=1)
