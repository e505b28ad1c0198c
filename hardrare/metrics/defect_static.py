"""Metric `defect_static`: there is noise and nothing else."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity_of_lack

DARK = 5.0  # grey levels: below such a contrast a little noise is not all there is
FULL, BARE = 0.90, 0.97  # share of one brightness: noise may be everywhere, on hardly any pixel


@metric(unit="severity", harder="high", source="noise over contrast", reason="static")
def defect_static(
    noise_level: np.ndarray, contrast: np.ndarray, flat_share: np.ndarray
) -> np.ndarray:
    """Severity of t = -ln(1 - a n / (c + 5)), n the noise level and c the contrast.

    Of independent pixels the noise is all of the contrast. A word on white has no contrast but
    that of its letters, which look like noise: so a falls from 1 to 0 as 0.90 to 0.97 of the
    pixels are of one brightness. The bar is a share of 0.72. Over 191 photographs the median of
    the share is 0.01, the largest 0.34.

    Args:
        noise_level: (N,) grey levels, estimated standard deviation of the noise.
        contrast: (N,) grey levels, standard deviation of the luminance.
        flat_share: (N,) largest share of the pixels that are of nearly one luminance, 0..1.

    Returns:
        (N,) float64; from 1 on the picture is called static.

    Examples:
        The last two are noise and a word on white.

        >>> noise, contrast = np.array([1, 1, 1, 1, 45, 9.0]), np.array([56, 56, 56, 56, 50, 5.0])
        >>> defect_static(noise, contrast, np.array([0.1, 0.1, 0.1, 0.1, 0, 0.99])).round(2)
        array([ 0.  ,  0.  ,  0.  ,  0.  ,  1.34, -0.05])
    """
    everywhere = np.clip((BARE - flat_share) / (BARE - FULL), 0, 1)
    share = everywhere * np.clip(noise_level / (contrast + DARK), 0, 0.99)
    return severity_of_lack(1 - share, usual=0.010, bar=1.273, quarter=0.011)
