"""The start of training against its end: means over the first and last k defined epochs."""

import numpy as np

from hardrare.numerics.epochs import mean

K = 5  # epochs at each end
WINDOW = 3  # epochs of the running mean


def ends(series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over the first and over the last k defined epochs of each sample.

    k = min(5, n // 2), at least 1, of the sample's n defined epochs, so that the ends
    never overlap where n >= 2. With n = 1 both are that epoch, with n = 0 both are 0.

    Args:
        series: `(N, T)`, NaN where not defined.

    Returns:
        Two `(N,)` arrays.
    """
    values = np.asarray(series, np.float64)
    defined = ~np.isnan(values)
    rank = defined.cumsum(axis=1)  # of an epoch among the defined ones, from 1
    n = defined.sum(axis=1)[:, None]
    k = np.clip(n // 2, 1, K)
    return (
        mean(np.where(rank <= k, values, np.nan)),
        mean(np.where(rank > n - k, values, np.nan)),
    )


def discrepancy(series: np.ndarray) -> np.ndarray:
    """Mean over the first k defined epochs minus mean over the last k, `(N, T)` to `(N,)`."""
    start, end = ends(series)
    return start - end


def running_mean(series: np.ndarray) -> np.ndarray:
    """Means over 3 successive defined epochs.

    Undefined epochs are taken out first, row by row, so that a hole costs no window.

    Args:
        series: `(N, T)`, NaN where not defined.

    Returns:
        `(N, max(T - 2, 0))`; a row of n defined epochs has n - 2 values, then NaN.
    """
    values = np.asarray(series, np.float64)
    order = np.argsort(np.isnan(values), axis=1, kind="stable")
    packed = np.take_along_axis(values, order, axis=1)
    length = max(packed.shape[1] - WINDOW + 1, 0)
    return sum(packed[:, i : i + length] for i in range(WINDOW)) / WINDOW
