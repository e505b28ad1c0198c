"""Statistic `blurriness`: how little is lost when it is blurred again."""

import numpy as np
from scipy.ndimage import uniform_filter1d

from hardrare.appearance import statistic

WINDOW = 9  # pixels


@statistic(unit="share", harder="high", source="Crete et al., SPIE 6492, 2007")
def blurriness(tiles: np.ndarray) -> np.ndarray:
    """Share of the differences of neighbouring pixels that a further blur leaves.

    b = max over both axes of 1 - sum max(0, |d x| - |d B x|) / sum |d x|, d the difference of
    neighbours along the axis and B the mean over 9 pixels along it (fewer where the picture is
    smaller). A sharp picture loses most of its differences, a blurred one hardly any. Neither
    contrast nor light changes it; 0 where all is of one colour.

    Args:
        tiles: (B, M, h, w) int16, luminance.

    Returns:
        (B,), 0..1.

    Examples:
        >>> edge = np.zeros((1, 1, 12, 24), np.int16)
        >>> edge[..., 12:] = 90
        >>> ramp = np.tile(np.arange(24, dtype=np.int16), (1, 1, 12, 1))
        >>> bool(blurriness(edge)[0] < 0.2), bool(blurriness(ramp)[0] > 0.6)
        (True, True)
    """
    values = tiles.astype(np.float32)
    kept = np.zeros((2, len(tiles)))
    for row, axis in enumerate((2, 3)):
        if values.shape[axis] < 2:
            continue
        own = np.abs(np.diff(values, axis=axis))
        again = uniform_filter1d(values, min(WINDOW, values.shape[axis]), axis=axis)
        lost = np.maximum(own - np.abs(np.diff(again, axis=axis)), 0)
        total = own.sum(axis=(1, 2, 3), dtype=np.float64)
        lost = lost.sum(axis=(1, 2, 3), dtype=np.float64)
        kept[row] = 1 - np.divide(lost, total, out=np.ones_like(total), where=total > 0)
    return kept.max(axis=0)
