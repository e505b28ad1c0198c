"""Reductions of `(N, T)` dynamics over epochs, in float64; an epoch that is NaN is left out.

Each works on one row at a time: a score never depends on the other samples or on
their order. A sample without any defined epoch gets 0 from all of them.
"""

import numpy as np


def mean(series: np.ndarray) -> np.ndarray:
    """Mean over the defined epochs, `(N, T)` to `(N,)`."""
    values, defined = _split(series)
    return values.sum(axis=1) / np.maximum(defined.sum(axis=1), 1)


def variance(series: np.ndarray) -> np.ndarray:
    """Population variance over the defined epochs, `(N, T)` to `(N,)`, 0 upwards."""
    values, defined = _split(series)
    count = np.maximum(defined.sum(axis=1), 1)
    centred = np.where(defined, values - (values.sum(axis=1) / count)[:, None], 0.0)
    return (centred**2).sum(axis=1) / count


def std(series: np.ndarray) -> np.ndarray:
    """Population standard deviation over the defined epochs, `(N, T)` to `(N,)`, 0 upwards."""
    return np.sqrt(variance(series))


def total(series: np.ndarray) -> np.ndarray:
    """Sum over the defined epochs, `(N, T)` to `(N,)`."""
    return _split(series)[0].sum(axis=1)


def first(series: np.ndarray) -> np.ndarray:
    """Value at the first defined epoch, `(N, T)` to `(N,)`."""
    values, defined = _split(series)
    return np.take_along_axis(values, defined.argmax(axis=1)[:, None], axis=1)[:, 0]


def last(series: np.ndarray) -> np.ndarray:
    """Value at the last defined epoch, `(N, T)` to `(N,)`."""
    return first(np.asarray(series)[:, ::-1])


def from_thirtieth(series: np.ndarray) -> np.ndarray:
    """Epochs from k = T // 30 on (20 of 600), `(N, T)` to `(N, T - k)`."""
    return np.asarray(series)[:, np.shape(series)[1] // 30 :]


def from_twelfth(series: np.ndarray) -> np.ndarray:
    """Epochs from k = T // 12 on (50 of 600), `(N, T)` to `(N, T - k)`."""
    return np.asarray(series)[:, np.shape(series)[1] // 12 :]


def _split(series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values with 0 for NaN, and where they are defined; rows are contiguous.

    A row's sum then has one order of summation whatever the layout of the input.
    """
    values = np.array(series, np.float64, order="C")
    defined = ~np.isnan(values)
    values[~defined] = 0.0
    return values, defined
