"""Statistic `clipped_share`: how much is black or white without any drawing."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import shares


@statistic(unit="share of the pixels", harder="high", source="clipping; exposure of photographs")
def clipped_share(histogram: np.ndarray) -> np.ndarray:
    """Share of the pixels at the lowest or the highest luminance: p_0 + p_255.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), 0..1.

    Examples:
        >>> clipped_share(np.bincount([0, 1, 254, 255, 255], minlength=256)[None])
        array([0.6])
    """
    share = shares(histogram)
    return share[:, 0] + share[:, 255]
