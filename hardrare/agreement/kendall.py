"""Kendall's tau-b of every pair of scores, with a jackknife interval."""

import numpy as np

from hardrare.numerics.intervals import NORMAL
from hardrare.numerics.ranks import dense_ranks


def kendall(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Kendall's tau-b of each pair of rows and its 95 % interval.

    tau_b = (concordant - discordant) / sqrt(pairs untied in a * pairs untied in b). Leaving
    one sample out takes its own concordances away, so all N leave-one-out values come from
    the same counts; their variance gives the interval, tau -+ 1.96 sd, cut to -1..1.
    Takes O(P^2 N^2) operations in matrix products and O(P^2 N) memory.

    Args:
        values: `(P, N)`, finite.

    Returns:
        tau, lower and upper end, each `(P, P)`; NaN where a row is constant.
    """
    counts = concordances(values)  # (N, P, P)
    total = counts.sum(axis=0, dtype=np.float64)
    tau = _tau(total)
    size = len(counts)
    # Two of the ordered pairs' sums hold a sample: as first and as second of the pair.
    without = (_tau(total - 2.0 * count) - tau for count in counts)
    first, second = np.zeros(tau.shape), np.zeros(tau.shape)
    for change in without:
        first += change
        second += change**2
    spread = NORMAL * np.sqrt(np.maximum(second - first**2 / size, 0.0) * (size - 1) / size)
    return tau, np.maximum(tau - spread, -1.0), np.minimum(tau + spread, 1.0)


def concordances(values: np.ndarray) -> np.ndarray:
    """For each sample, concordant minus discordant partners for each pair of rows.

    Args:
        values: `(P, N)`.

    Returns:
        `(N, P, P)` float32, whole numbers in -(N-1)..N-1; the diagonal counts untied partners.
    """
    rows, size = values.shape
    ranks = dense_ranks(values).astype(np.float32)
    counts = np.empty((size, rows, rows), np.float32)
    for i in range(size):
        signs = np.sign(ranks - ranks[:, i : i + 1])
        np.matmul(signs, signs.T, out=counts[i])
    return counts


def _tau(total: np.ndarray) -> np.ndarray:
    """tau-b of summed concordances `(P, P)`."""
    untied = np.diag(total)
    scale = np.sqrt(np.where(untied > 0, untied, np.nan))
    return total / scale[:, None] / scale
