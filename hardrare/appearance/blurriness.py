"""Statistic `blurriness`: how little is lost when it is blurred again."""

import numpy as np

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
    kept = np.zeros((2, len(tiles)))
    for row, axis in enumerate((2, 3)):
        if tiles.shape[axis] < 2:
            continue
        own = np.abs(np.diff(tiles, axis=axis))
        window = min(WINDOW, tiles.shape[axis])
        lost = np.maximum(window * own - _of_means(tiles, window, axis), 0)
        total = window * own.sum(axis=(1, 2, 3), dtype=np.float64)
        gone = lost.sum(axis=(1, 2, 3), dtype=np.float64)
        kept[row] = 1 - np.divide(gone, total, out=np.ones_like(total), where=total > 0)
    return kept.max(axis=0)


def _of_means(tiles: np.ndarray, window: int, axis: int) -> np.ndarray:
    """Absolute differences of neighbouring means over a window, times the window: int16.

    Two neighbouring means share all but the first pixel of the one and the last of the other.
    """
    sides = [(0, 0)] * tiles.ndim
    sides[axis] = (window // 2, window - window // 2 - 1)
    padded = np.moveaxis(np.pad(tiles, sides, mode="symmetric"), axis, 0)
    apart = padded[window:] - padded[:-window]
    return np.abs(np.moveaxis(apart, 0, axis))
