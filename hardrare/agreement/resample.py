"""Bootstrap resampling as weights, and percentile intervals of what it yields."""

from collections.abc import Iterator

import numpy as np

from hardrare.errors import InputError

LEVEL = 0.95


def draws(size: int, repeats: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Bootstrap samples of `size` samples as weights: how often each one was drawn.

    Args:
        size: N.
        repeats: number of bootstrap samples.
        rng: source of the draws.

    Yields:
        `(N,)` float64, whole numbers that sum to N.

    Raises:
        InputError: fewer than one bootstrap sample.
    """
    if repeats < 1:
        raise InputError(f"bootstrap is {repeats}, expected at least 1 bootstrap sample.")
    for _ in range(repeats):
        yield np.bincount(rng.integers(0, size, size), minlength=size).astype(np.float64)


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
        place = np.maximum(last, 0) * share
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, np.maximum(last, 0))
        low = np.take_along_axis(ordered, below[None], axis=0)[0]
        high = np.take_along_axis(ordered, above[None], axis=0)[0]
        ends.append(low + (high - low) * (place - below))
    return ends[0], ends[1]
