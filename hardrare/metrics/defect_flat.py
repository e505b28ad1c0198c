"""Metric `defect_flat`: there is but one colour."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity_of_lack

STROKES = 8  # grey levels of the boldest strokes that count as one of contrast


@metric(unit="severity", harder="high", source="second moment of luminance", reason="one colour")
def defect_flat(contrast: np.ndarray, stroke_contrast: np.ndarray) -> np.ndarray:
    """Severity of t = -ln(max(c, s / 8) + 1), c the standard deviation of the luminance.

    A page with one word has hardly any, but its boldest strokes stand out by s. The bar is c = 2,
    or s = 16. Over 191 photographs the median of c is 56, the least 17.

    Args:
        contrast: (N,) grey levels.
        stroke_contrast: (N,) grey levels.

    Returns:
        (N,) float64; from 1 on the picture is called of one colour.

    Examples:
        >>> bold = np.array([99, 99, 99, 99, 99, 4, 200])
        >>> defect_flat(np.array([56, 56, 56, 56, 56, 0, 0.0]), bold).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 1.24, 0.27])
    """
    told = np.maximum(contrast, stroke_contrast / STROKES)
    return severity_of_lack(told + 1.0, usual=-4.043, bar=-1.099, quarter=0.184)
