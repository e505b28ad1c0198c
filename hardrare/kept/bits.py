"""How many bits of a score's mantissa are worth keeping: as few as leave its ranking alone."""

import numpy as np
from scipy.stats import rankdata

from hardrare.numerics.rounding import rounded

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
    ranks = rankdata(values[seen])
    for bits in range(LEAST, MOST):
        made = rounded(values, bits)
        if _alike(ranks, rankdata(made[seen])):
            return made
    return rounded(values, MOST)


def _alike(ranks: np.ndarray, others: np.ndarray) -> bool:
    """Whether two rankings of the same samples agree; two without an order do."""
    first, second = ranks - ranks.mean(), others - others.mean()
    size = np.sqrt((first**2).sum() * (second**2).sum())
    if not size:
        return not first.any()
    return bool(first @ second >= ALIKE * size)
