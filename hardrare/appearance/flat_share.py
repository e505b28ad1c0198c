"""Statistic `flat_share`: how much of the picture is of one brightness."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import shares

NEAR = 2  # grey levels; JPEG moves one colour by about as much


@statistic(unit="share of the pixels", harder="high", source="share of the most frequent level")
def flat_share(histogram: np.ndarray) -> np.ndarray:
    """Largest share of the pixels within five neighbouring levels of luminance.

    max_k sum_(|j - k| <= 2) p_j: 1 for one colour, above one half for a page of text.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), 0..1.

    Examples:
        >>> flat_share(np.bincount([10, 12, 13, 200], minlength=256)[None])
        array([0.75])
    """
    padded = np.pad(shares(histogram), ((0, 0), (NEAR + 1, NEAR)))
    below = padded.cumsum(axis=1)
    return (below[:, 2 * NEAR + 1 :] - below[:, : -2 * NEAR - 1]).max(axis=1)
