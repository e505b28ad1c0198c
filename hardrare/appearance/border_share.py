"""Statistic `border_share`: how much is a border of one colour."""

import numpy as np

from hardrare.appearance import statistic

WIDE, NEAR = 12, 6  # grey levels within a line of a border, and between its lines


@statistic(
    unit="share of the pixels", harder="high", source="letterbox detection; FFmpeg cropdetect"
)
def border_share(luminance: np.ndarray) -> np.ndarray:
    """Share of the picture in bars along its sides, each of one brightness.

    From each side inwards as long as a line (a row or column over the whole picture) spans at
    most 12 grey levels and its middle lies within 6 of that of the outermost line. 1 for a
    picture of one colour.

    Args:
        luminance: (B, H, W) uint8.

    Returns:
        (B,), 0..1.

    Examples:
        Four rows of four pixels, of which the first is black.

        >>> rows = np.array([[0, 0, 0, 0], [9, 80, 0, 255], [0, 99, 7, 200], [255, 60, 0, 9]])
        >>> border_share(rows[None].astype(np.uint8))
        array([0.25])
    """
    left_over = np.ones(len(luminance))
    for axis in (2, 1):  # rows, then columns
        low = luminance.min(axis=axis).astype(np.int16)
        high = luminance.max(axis=axis).astype(np.int16)
        bars = _bar(low, high) + _bar(low[:, ::-1], high[:, ::-1])
        left_over *= 1 - np.minimum(bars / low.shape[1], 1)
    return 1 - left_over


def _bar(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """How many lines (B,) from the first on belong to a bar; low and high are (B, lines)."""
    middle = (low + high) / 2
    alike = (high - low <= WIDE) & (np.abs(middle - middle[:, :1]) <= NEAR)
    return np.logical_and.accumulate(alike, axis=1).sum(axis=1)
