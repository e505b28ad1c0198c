"""Metric `defect_grainy`: even the smooth parts are full of noise."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity

USUAL = 0.54  # grey levels, of a photograph
FINE, COARSE = 0.8, 1.1  # of the noise at half the size: surely noise, surely texture


@metric(unit="severity", harder="high", source="Immerkaer, CVIU 1996", reason="grainy")
def defect_grainy(
    noise_level: np.ndarray, flat_share: np.ndarray, noise_coarseness: np.ndarray
) -> np.ndarray:
    """Severity of t = ln(n (1 - f) + 1), n the noise level and f the share of one brightness.

    Noise spreads brightness; of a page of text, whose letters look like noise, nine tenths are
    of one. Noise is gone at half the size, texture is not: as the level there rises from 0.8 to
    1.1 of n, what n (1 - f) is beyond its usual 0.54 counts less, down to not at all: grass is
    not called grainy. The bar is n (1 - f) = 5.7. Over 191 photographs the median is
    0.54, and 99 % are below 5.

    Args:
        noise_level: (N,) grey levels, estimated standard deviation of the noise in the
            smoothest quarter of the picture.
        flat_share: (N,) largest share of the pixels that are of nearly one luminance, 0..1.
        noise_coarseness: (N,) noise level at half the size over `noise_level`.

    Returns:
        (N,) float64; from 1 on the picture is called grainy.

    Examples:
        >>> noise, flat = np.array([0.6, 0.6, 0.6, 0.6, 6, 25]), np.array([0.1] * 4 + [0.9, 0.05])
        >>> defect_grainy(noise, flat, np.array([2, 2, 2, 2, 0.6, 0.5])).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.09, 1.89])
        >>> bool(defect_grainy(noise, flat, np.array([2, 2, 2, 2, 0.6, 1.2]))[-1] < 0.01)  # grass
        True
    """
    noise = noise_level * (1.0 - flat_share)
    texture = np.clip((noise_coarseness - FINE) / (COARSE - FINE), 0, 1)
    noise = noise - texture * np.maximum(noise - USUAL, 0)
    return severity(np.log(noise + 1.0), usual=0.43, bar=1.9, quarter=0.31)
