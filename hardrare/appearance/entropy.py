"""Statistic `entropy`: how many levels of brightness there are, and how evenly they are used."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._levels import shares


@statistic(unit="bits", harder="low", source="Shannon, 1948; of the histogram of the luminance")
def entropy(histogram: np.ndarray) -> np.ndarray:
    """Entropy of the histogram of the luminance: -sum_k p_k log2 p_k.

    Low for one colour, almost black and pages of text. It knows nothing of where pixels lie.

    Args:
        histogram: (B, 256) counts of luminance.

    Returns:
        (B,), 0..8.

    Examples:
        >>> entropy(np.bincount([0, 0, 80, 255], minlength=256)[None])
        array([1.5])
    """
    share = shares(histogram)
    return -(share * np.log2(np.where(share > 0, share, 1))).sum(axis=1)
