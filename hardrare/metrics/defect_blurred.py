"""Metric `defect_blurred`: nothing in the picture is sharp."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity


@metric(unit="severity", harder="high", source="Crete et al., SPIE 6492, 2007", reason="blurred")
def defect_blurred(blurriness: np.ndarray) -> np.ndarray:
    """Severity of t = b, the blurriness: how little is lost when the picture is blurred again.

    It asks neither for contrast nor for light, so that dark and flat pictures are not called
    blurred. The bar is 0.55. Over 191 photographs the median is 0.249, the largest 0.495; a
    photograph saved as JPEG of quality 30 has 0.51 at most.

    Args:
        blurriness: (N,) share, 0..1.

    Returns:
        (N,) float64; from 1 on the picture is called blurred.

    Examples:
        >>> defect_blurred(np.array([0.25, 0.25, 0.25, 0.25, 0.25, 0.75])).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 1.66])
    """
    return severity(blurriness, usual=0.249, bar=0.55, quarter=0.037)
