"""Metric `defect_static`: there is noise and nothing else."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.severity import severity_of_lack

DARK = 5.0  # grey levels: below such a contrast a little noise is not all there is


@metric(unit="severity", harder="high", source="noise over contrast", reason="static")
def defect_static(noise_level: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Severity of t = -ln(1 - n / (c + 5)), n the noise level and c the contrast.

    Of independent pixels the noise is all of the contrast. The bar is a share of 0.72. Over
    191 photographs the median of the share is 0.01, the largest 0.34.

    Args:
        noise_level: (N,) grey levels, estimated standard deviation of the noise.
        contrast: (N,) grey levels, standard deviation of the luminance.

    Returns:
        (N,) float64; from 1 on the picture is called static.

    Examples:
        >>> noise, contrast = np.array([1, 1, 1, 1, 1, 45.0]), np.array([56, 56, 56, 56, 56, 50.0])
        >>> defect_static(noise, contrast).round(2)
        array([0.  , 0.  , 0.  , 0.  , 0.  , 1.34])
    """
    share = np.clip(noise_level / (contrast + DARK), 0, 0.99)
    return severity_of_lack(1 - share, usual=0.010, bar=1.273, quarter=0.011)
