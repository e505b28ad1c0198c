"""Metric `defect_blown_out`: nothing is dark, all fades into white."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity

USUAL, BAR = -5.525, -4.95  # t of a photograph, and of one that is called blown out
UNSURE = USUAL + 0.9 * (BAR - USUAL)
DRAWN, FADED = 0.75, 0.88  # bits of soft texture: surely drawn, surely photographed


@metric(unit="severity", harder="high", source="exposure", reason="blown out")
def defect_blown_out(brightness_q01: np.ndarray, soft_texture: np.ndarray) -> np.ndarray:
    """Severity of t = -ln(264 - q01), q01 the luminance below which 1 % of the pixels lie.

    Charts, plans and pages of a few words are as white as an overexposed photograph, but what
    stands on them is drawn. So what t is beyond nine tenths of the way to the bar counts by a,
    which rises from 0 to 1 as what is off the ground has 0.75 to 0.88 bits of soft texture: what
    is drawn is never called blown out, and has a high place. So has a photograph of which light
    left but a few hard lines; it looks drawn. The bar is q01 = 123. Over 191 photographs the
    median of q01 is 13, the largest 82.

    Args:
        brightness_q01: (N,) grey levels, 0..255.
        soft_texture: (N,) bits.

    Returns:
        (N,) float64; from 1 on the picture is called blown out.

    Examples:
        >>> q01 = np.array([13, 13, 13, 13, 13, 200.0, 200.0])
        >>> defect_blown_out(q01, np.array([3, 3, 3, 3, 3, 2.5, 0.2])).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 2.38, 0.9 ])
    """
    photographed = np.clip((soft_texture - DRAWN) / (FADED - DRAWN), 0, 1)
    faded = -np.log(264.0 - brightness_q01)
    beyond = np.maximum(faded - UNSURE, 0)
    return severity(faded - (1 - photographed) * beyond, usual=USUAL, bar=BAR, quarter=0.053)
