"""What statistics of the histogram share."""

import numpy as np

LEVELS = np.arange(256)


def shares(histogram: np.ndarray) -> np.ndarray:
    """(B, 256) counts as shares of the pixels, float64."""
    return histogram / histogram.sum(axis=1, keepdims=True)


def quantile(histogram: np.ndarray, share: float) -> np.ndarray:
    """The lowest level (B,) up to which at least that share of the pixels lies."""
    return (shares(histogram).cumsum(axis=1) >= share - 1e-12).argmax(axis=1)
