"""Metric `defect_blown_out`: all fades into white, or light took most of it."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity

USUAL, BAR = -5.525, -4.95  # t of a photograph, and of one that is called blown out
UNSURE = USUAL + 0.9 * (BAR - USUAL)
DRAWN, FADED = 0.75, 0.88  # bits of soft texture: surely drawn, surely photographed
BESIDE, BURNT = 0.5, 0.8  # bits of clipped colours: surely not, surely by light
MOST = 0.5  # share of the pixels that is clipped


@metric(unit="severity", harder="high", source="exposure", reason="blown out")
def defect_blown_out(
    brightness_q01: np.ndarray,
    soft_texture: np.ndarray,
    clipped_share: np.ndarray,
    clipped_colours: np.ndarray,
) -> np.ndarray:
    """The larger severity of t = -ln(264 - q01) and of u = b c.

    q01 is the luminance below which 1 % of the pixels lie, c the clipped share of the pixels.
    Charts, plans and pages of a few words are as white as an overexposed photograph, but what
    stands on them is drawn. So what t is beyond nine tenths of the way to the bar counts by a,
    which rises from 0 to 1 as what is off the ground has 0.75 to 0.88 bits of soft texture: what
    is drawn is never called blown out, and has a high place. Where light left but a few hard
    lines, its colours tell: b rises from 0 to 1 as there are 0.5 to 0.8 bits of clipped colours,
    and counts for a, too. The bars are q01 = 123 and u = 0.5. Over 191 photographs the median of
    q01 is 13, the largest 82, and that of u is 0 for 99 %.

    Args:
        brightness_q01: (N,) grey levels, 0..255.
        soft_texture: (N,) bits.
        clipped_share: (N,) share of the pixels, 0..1.
        clipped_colours: (N,) bits.

    Returns:
        (N,) float64; from 1 on the picture is called blown out.

    Examples:
        Photographs, one that fades, a chart, and one of which light took nine tenths:

        >>> q01 = np.array([13, 13, 13, 13, 13, 200.0, 200.0, 20.0])
        >>> soft, clipped = np.array([3, 3, 3, 3, 3, 2.5, 0.2, 0.2]), np.r_[[0] * 6, 0.9, 0.9]
        >>> defect_blown_out(q01, soft, clipped, np.r_[[0] * 7, 1.0]).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 2.38, 0.9 , 1.8 ])
    """
    burnt = np.clip((clipped_colours - BESIDE) / (BURNT - BESIDE), 0, 1)
    photographed = np.maximum(np.clip((soft_texture - DRAWN) / (FADED - DRAWN), 0, 1), burnt)
    faded = -np.log(264.0 - brightness_q01)
    beyond = np.maximum(faded - UNSURE, 0)
    fading = severity(faded - (1 - photographed) * beyond, usual=USUAL, bar=BAR, quarter=0.053)
    return np.maximum(fading, severity(burnt * clipped_share, usual=0.0, bar=MOST, quarter=0.05))
