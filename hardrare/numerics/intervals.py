"""Intervals of 95 %: of shares, means, AUROC, rank correlations, bootstrap values."""

import numpy as np
from scipy.special import ndtri, stdtrit

LEVEL = 0.95
NORMAL = 1.959964  # the 97.5 % quantile of the standard normal distribution
HALVINGS = 50  # of a bracket of width 1


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % percentile interval of bootstrap values.

    The 2.5 % and 97.5 % quantiles with linear interpolation, over those bootstrap samples in
    which the statistic is defined; NaN where it is defined in none.

    Args:
        values: `(B, ...)`, NaN where not defined.

    Returns:
        Lower and upper end, each `(...)`.
    """
    ordered = np.sort(values, axis=0)  # NaN last
    last = np.isfinite(values).sum(axis=0) - 1
    ends = []
    for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        position = np.maximum(last, 0) * share
        below = np.floor(position).astype(np.intp)
        above = np.minimum(below + 1, np.maximum(last, 0))
        low = np.take_along_axis(ordered, below[None], axis=0)[0]
        high = np.take_along_axis(ordered, above[None], axis=0)[0]
        ends.append(low + (high - low) * (position - below))
    return ends[0], ends[1]


def covering(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The intervals, lower and upper ends, that cover both."""
    return np.minimum(first[0], second[0]), np.maximum(first[1], second[1])


def wilson(share: float, size: float) -> tuple[float, float]:
    """The 95 % Wilson interval of a share of `size` draws; NaN where there is no draw.

    >>> [round(end, 3) for end in wilson(0.8, 10)]
    [0.49, 0.943]
    """
    if not size:
        return float("nan"), float("nan")
    middle = (share + NORMAL**2 / (2 * size)) / (1 + NORMAL**2 / size)
    half = NORMAL * np.sqrt(share * (1 - share) / size + NORMAL**2 / (4 * size**2))
    half /= 1 + NORMAL**2 / size
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def counted(part: int, size: int) -> tuple[float, float, float]:
    """The share `part / size` with its Wilson interval; NaN where there is nothing to count.

    >>> [round(one, 3) for one in counted(8, 10)]
    [0.8, 0.49, 0.943]
    """
    share = part / size if size else float("nan")
    return (share, *wilson(share, size))


def widening(among: int) -> float:
    """How many times wider a normal interval is of the best of several, as Bonferroni asks.

    >>> widening(1), round(widening(10), 3)
    (1.0, 1.432)
    """
    return float(ndtri(1 - (1 - LEVEL) / 2 / among) / ndtri((1 + LEVEL) / 2))


def t_interval(values: np.ndarray, among: int = 1, overlap: float = 0.0) -> np.ndarray:
    """Mean of `values (n,)` and the ends of its 95 % t-interval: `(3,)`.

    The variance of the mean is (1/n + overlap) s^2 with s^2 that of the values, and t has
    n - 1 degrees of freedom.

    Source: Nadeau & Bengio, Machine Learning 52 (2003), 239-281, for splits that overlap.

    Args:
        values: independent ones, or one for each random split of the same samples.
        among: where the mean is the best of several: how many; widens it as Bonferroni asks.
        overlap: of random splits, n_test / n_train, at least 0; independent values have 0.

    Returns:
        NaN where the values do not suffice: none for the mean, fewer than two for the ends.

    >>> t_interval(np.array([1.0, 2.0, 3.0])).round(3).tolist()
    [2.0, -0.484, 4.484]
    """
    n = len(values)
    if n == 0:
        return np.full(3, np.nan)
    mean = values.mean()
    if n == 1:
        return np.array([mean, np.nan, np.nan])
    half = stdtrit(n - 1, 1 - 0.025 / among) * values.std(ddof=1) * np.sqrt(1 / n + overlap)
    return np.array([mean, mean - half, mean + half])


def rank_interval(correlation: float, size: int) -> tuple[float, float]:
    """A 95 % interval of Spearman's correlation (Bonett & Wright 2000, Psychometrika 65).

    tanh(artanh(r) -+ 1.96 sqrt((1 + r^2 / 2) / (n - 3))).

    Args:
        correlation: r, -1..1.
        size: n, the number of samples; below 4 the interval is -1..1.
    """
    if size < 4:
        return -1.0, 1.0
    middle = np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
    half = NORMAL * np.sqrt((1 + correlation**2 / 2) / (size - 3))
    return float(np.tanh(middle - half)), float(np.tanh(middle + half))


def newcombe(area: np.ndarray, positives: int, negatives: int) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of AUROC by Newcombe's method 5 (Stat. Med. 2006, 25:559).

    All t with |t - area| <= 1.96 sqrt(V(t)), V the variance that Hanley & McNeil give for
    exponential scores, V(t) = t (1 - t) (1 + h ((1 - t) / (2 - t) + t / (1 + t))) / (m n),
    h = (m + n) / 2 - 1.

    Args:
        area: `(P,)` in 0..1.
        positives: m, at least 1.
        negatives: n, at least 1.

    Examples:
        >>> low, high = newcombe(np.array([0.5, 1.0]), 30, 60)
        >>> low.round(3).tolist(), high.round(3).tolist()
        ([0.377, 0.95], [0.623, 1.0])
    """
    return _lower(area, positives, negatives), 1 - _lower(1 - area, positives, negatives)


def _lower(area: np.ndarray, positives: int, negatives: int) -> np.ndarray:
    """The lower end of Newcombe's interval, by bisection between 0 and `area (P,)`."""
    rest = (positives + negatives) / 2 - 1
    low, high = np.zeros_like(area), area.copy()
    for _ in range(HALVINGS):
        t = (low + high) / 2
        scale = (1 + rest * ((1 - t) / (2 - t) + t / (1 + t))) / (positives * negatives)
        inside = area - t <= NORMAL * np.sqrt(t * (1 - t) * scale)
        low, high = np.where(inside, low, t), np.where(inside, t, high)
    return high
