"""Metric `defect_blown_out`: nothing is dark, all fades into white."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity_of_lack


@metric(unit="severity", harder="high", source="exposure", reason="blown out")
def defect_blown_out(brightness_q01: np.ndarray) -> np.ndarray:
    """Severity of t = -ln(264 - q01), q01 the luminance below which 1 % of the pixels lie.

    A page of text is as white as an overexposed photograph; its letters are dark, though, and
    take more than 1 % of it. The bar is q01 = 123. Over 191 photographs the median of q01 is 13,
    the largest 82.

    Args:
        brightness_q01: (N,) grey levels, 0..255.

    Returns:
        (N,) float64; from 1 on the picture is called blown out.

    Examples:
        >>> defect_blown_out(np.array([13, 13, 13, 13, 13, 200.0])).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 2.38])
    """
    return severity_of_lack(264.0 - brightness_q01, usual=-5.525, bar=-4.95, quarter=0.053)
