"""Metric `defect_blurred`: nothing in the picture is sharp."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity

USUAL = 0.249  # blurriness of a photograph
SHARP, WIDE = 2.0, 3.3  # pixels: edges that are surely sharp, surely blurred


@metric(unit="severity", harder="high", source="Crete et al., SPIE 6492, 2007", reason="blurred")
def defect_blurred(blurriness: np.ndarray, edge_width: np.ndarray) -> np.ndarray:
    """Severity of t = u + a (b - u): the blurriness b counts beyond its usual u if edges agree.

    a rises from 0 to 1 as the sharpest edges widen from 2 to 3.3 pixels; without an edge it is
    0, so that what is smooth (a sky, cells under a microscope, a chart of colours) is not called
    blurred, nor a thing that stands sharp before a blurred ground. Below u, t = b. Neither asks
    for contrast or light. The bar is 0.63. Over 191 photographs the median of b is 0.249, the
    largest 0.495, and their edges are 1.5 pixels wide at most; after a Gaussian blur of radius 3
    b is 0.66 at least and edges are 4.0 wide; after one of radius 30 (of 32 other
    photographs of about 500 x 375) all are called so, of radius 45 28 of 32.

    Args:
        blurriness: (N,) share, 0..1.
        edge_width: (N,) pixels, 0 where there is no edge.

    Returns:
        (N,) float64; from 1 on the picture is called blurred.

    Examples:
        >>> blur = np.array([0.25, 0.25, 0.25, 0.75, 0.75, 0.75])
        >>> defect_blurred(blur, np.array([1, 1, 1, 6, 1.1, 0])).round(2)
        array([0.  , 0.  , 0.  , 1.31, 0.  , 0.  ])
    """
    agree = np.clip((edge_width - SHARP) / (WIDE - SHARP), 0, 1)
    beyond = np.maximum(blurriness - USUAL, 0)
    return severity(blurriness - (1 - agree) * beyond, usual=USUAL, bar=0.63, quarter=0.037)
