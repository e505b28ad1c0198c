"""How many bits of a score's mantissa are worth keeping: as few as leave its ranking alone."""

import numpy as np

from hardrare.numerics.rounding import rounded
from hardrare.numerics.stable_ranking import correlation

LEAST, MOST = 4, 22  # of the mantissa: a relative error of at most 0.031 and of 1.2e-7
ALIKE = 0.999  # rank correlation before and after


def as_ranked(values: np.ndarray) -> np.ndarray:
    """A score, rounded to the fewest bits by which its ranks stay what they are.

    Args:
        values: (N,) of one run; what is not finite stays as it is, and is not ranked.

    Returns:
        (N,) float32; its ranks and those of `values` correlate with 0.999 at least, if that
        many bits are to be had.

    >>> as_ranked(np.array([1.0, 10.0, 103.0, np.nan])).tolist()
    [1.0, 10.0, 104.0, nan]
    """
    seen = np.isfinite(values)
    ranked = values[seen]
    if not ranked.size or np.ptp(ranked) == 0:
        return rounded(values, LEAST)
    for bits in range(LEAST, MOST):
        made = rounded(values, bits)
        if correlation(ranked, made[seen]) >= ALIKE:
            return made
    return rounded(values, MOST)
