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
        (N,) float32, whose ranks and those of `values` correlate with 0.999 at least; a constant
        has the fewest bits. What float32 cannot hold so, as beyond 3.4e38 or where values differ
        by less than 1e-7 of themselves, comes back as it is, in its own type.

    >>> as_ranked(np.array([1.0, 10.0, 103.0, np.nan])).tolist()
    [1.0, 10.0, 104.0, nan]
    >>> as_ranked(np.array([1e39, 1e40, 2e40])).dtype
    dtype('float64')
    """
    seen = np.isfinite(values)
    ranked = values[seen]
    constant = not ranked.size or ranked.min() == ranked.max()
    for bits in range(LEAST, MOST + 1):
        with np.errstate(over="ignore"):
            made = rounded(values, bits)
        held = np.isfinite(made[seen]).all()
        if held and (constant or correlation(ranked, made[seen]) >= ALIKE):
            return made
    return values
