"""Statistic `blurriness`: how little is lost when it is blurred again."""

import numpy as np

from hardrare.appearance import statistic
from hardrare.appearance._edges import quartered, widths

WINDOW = 9  # pixels
WIDE = 3.3  # pixels of a quarter of the size: edges so wide there are blurred there, too


@statistic(unit="share", harder="high", source="Crete et al., SPIE 6492, 2007")
def blurriness(tiles: np.ndarray) -> np.ndarray:
    """Share of the differences of neighbouring pixels that a further blur leaves.

    b = max over both axes of 1 - sum max(0, |d x| - |d B x|) / sum |d x|, d the difference of
    neighbours along the axis and B the mean over 9 pixels along it (fewer where the picture is
    smaller). A sharp picture loses most of its differences, a blurred one hardly any. Neither
    contrast nor light changes it; 0 where all is of one colour. Where edges are wide even at a
    quarter of the size, the larger of its b and of that of the quarter: levels are whole numbers,
    so a very strong blur leaves single steps, which a further blur does take away.

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
    made, small = _kept(tiles), quartered(tiles)
    wide = widths(small) > WIDE
    made[wide] = np.maximum(made[wide], _kept(small[wide]))
    return made


def _kept(tiles: np.ndarray) -> np.ndarray:
    """The share b (B,) of pictures (B, M, h, w)."""
    kept = np.zeros((2, len(tiles)))
    for row, axis in enumerate((2, 3)):
        if tiles.shape[axis] < 2:
            continue
        own = np.diff(tiles, axis=axis)
        window = min(WINDOW, tiles.shape[axis])
        np.abs(own, out=own)
        own *= window
        total = _sums(own)
        own -= _of_means(tiles, window, axis)
        gone = _sums(np.maximum(own, 0, out=own))
        kept[row] = 1 - np.divide(gone, total, out=np.ones_like(total), where=total > 0)
    return kept.max(axis=0)


def _of_means(tiles: np.ndarray, window: int, axis: int) -> np.ndarray:
    """Absolute differences of neighbouring means over a window, times the window: int16.

    Two neighbouring means share all but the first pixel of the one and the last of the other.
    """
    lines = (slice(None),) * axis
    before, after = window // 2, window - window // 2 - 1
    ends = tiles[*lines, :before], tiles[*lines, tiles.shape[axis] - after :]
    first, last = (np.flip(end, axis) for end in ends)
    padded = np.concatenate([first, tiles, last], axis)
    apart = padded[*lines, window:] - padded[*lines, :-window]
    return np.abs(apart, out=apart)


def _sums(values: np.ndarray) -> np.ndarray:
    """Of each picture's whole numbers (B, M, h, w), (B,) float64."""
    return values.sum(axis=(1, 2, 3), dtype=np.int64).astype(np.float64)
