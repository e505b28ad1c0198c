"""Floats with fewer bits, so that they take less room compressed."""

import numpy as np

BITS = 10  # of the mantissa that are kept: a relative error of 4.9e-4 at most


def rounded(values: np.ndarray, bits: int = BITS) -> np.ndarray:
    """Floats as float32 with so many bits of mantissa, to nearest.

    Args:
        values: of any shape.
        bits: 1..22.

    Returns:
        Float32 of the same shape; what is not finite stays as it is.

    >>> rounded(np.array([1.0, 0.1], np.float32)).tolist()
    [1.0, 0.0999755859375]
    """
    raw = np.ascontiguousarray(values, np.float32).view(np.uint32)
    cut = 23 - bits
    up = (raw + np.uint32(1 << (cut - 1))) & np.uint32(0xFFFFFFFF << cut & 0xFFFFFFFF)
    return np.where(np.isfinite(values), up, raw).astype(np.uint32).view(np.float32)


def on_grid(values: np.ndarray, step: float) -> np.ndarray:
    """Floats as the nearest multiples of a power of two, for values of one known range.

    Args:
        values: of any shape.
        step: a power of two.

    Returns:
        Float64 of the same shape; NaN stays.

    >>> on_grid(np.array([0.5, -0.3333, np.nan]), 1 / 1024).tolist()
    [0.5, -0.3330078125, nan]
    """
    return np.round(np.asarray(values, float) / step) * step
