"""How far grey levels lie apart around each pixel."""

import numpy as np


def spans(small: np.ndarray) -> np.ndarray:
    """(B, H, W) uint8 to the largest less the least of 3 x 3 pixels, (B, H, W) uint8.

    Beyond the border stands what is on it.

    Examples:
        >>> spans(np.uint8([[[5, 5, 5, 5], [5, 5, 5, 9]]]))
        array([[[0, 0, 4, 4],
                [0, 0, 4, 4]]], dtype=uint8)
    """
    high = low = np.pad(small, ((0, 0), (1, 1), (1, 1)), "edge")
    for axis in (1, 2):
        parts = [_part(axis, k) for k in range(3)]
        high = np.maximum(np.maximum(high[parts[0]], high[parts[1]]), high[parts[2]])
        low = np.minimum(np.minimum(low[parts[0]], low[parts[1]]), low[parts[2]])
    return high - low


def _part(axis: int, start: int) -> tuple[slice, ...]:
    """All but two lines of an axis, from a start on."""
    return (slice(None),) * axis + (slice(start, start - 2 or None),)
