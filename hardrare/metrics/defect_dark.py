"""Metric `defect_dark`: almost nothing is lit."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity_of_lack


@metric(unit="severity", harder="high", source="exposure", reason="nearly black")
def defect_dark(brightness_q95: np.ndarray) -> np.ndarray:
    """Severity of t = -ln(q95 + 8), q95 the luminance below which 95 % of the pixels lie.

    The bar is q95 = 46. Over 191 photographs the median of q95 is 217, the least 53.

    Args:
        brightness_q95: (N,) grey levels, 0..255.

    Returns:
        (N,) float64; from 1 on the picture is called nearly black.

    Examples:
        >>> defect_dark(np.array([217, 217, 217, 217, 217, 10.0])).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 1.77])
    """
    return severity_of_lack(brightness_q95 + 8.0, usual=-5.416, bar=-3.99, quarter=0.128)
