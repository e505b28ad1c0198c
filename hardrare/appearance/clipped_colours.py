"""Statistic `clipped_colours`: whether light took the colours of what stands on the ground."""

import numpy as np

from hardrare.appearance import statistic

CLIPPED, LEFT = 252, 245  # of the largest channel, and of the least, below which something is left
BIN = 4  # grey levels that count as one
LIGHT, INK = 0.25, 0.45  # share of the commonest level: up to what light leaves, from one ink on
FEW = 0.02  # share of the pixels: what stands on less of the picture counts for less


@statistic(unit="bits", harder="high", source="Shannon, 1948; of the levels left by clipping")
def clipped_colours(peak: np.ndarray, trough: np.ndarray) -> np.ndarray:
    """How many levels the least channel has where another is clipped, by how much that is.

    a H p / (n + 0.02): n the share of the pixels that are not white, p that of those of them of
    which a channel is clipped, H the entropy of the levels of their least channel. What light
    burnt goes over many levels from its colours into white, first one channel and then the
    others; what is drawn on white has its colours beside it, and few levels between. Strokes of a
    pure colour have many at their soft edges, but most of their pixels are of the ink itself: a
    falls from 1 to 0 as a quarter to 0.45 of these pixels have one and the same level. Of burnt
    photographs that are called so it was 0.18 at most, of such drawings 0.52 at least.

    Args:
        peak: (B, h, w) uint8, the largest channel of at most 320 pixels a side.
        trough: (B, h, w) uint8, the least channel.

    Returns:
        (B,), 0..6; 0 for grey pictures.

    Examples:
        >>> slope = np.tile(np.r_[np.full(24, 255), 255 - 5 * np.arange(40)], (1, 64, 1))
        >>> bars = np.full((1, 64, 64), 255)
        >>> bars[:, 20:, 10:20] = 90
        >>> full = np.full((1, 64, 64), 255)
        >>> [clipped_colours(*np.uint8(one)).round(1).item()
        ...  for one in ([full, slope], [slope, slope], [full, bars])]
        [5.0, 0.0, 0.0]
    """
    return np.array([_one(*each) for each in zip(peak, trough, strict=True)])


def _one(peak: np.ndarray, trough: np.ndarray) -> float:
    left = trough < LEFT
    burnt = trough[left & (peak >= CLIPPED)]
    if not len(burnt):
        return 0.0
    share = np.bincount(burnt // BIN) / len(burnt)
    bits = (share[share > 0] * -np.log2(share[share > 0])).sum()
    light = np.clip((INK - np.bincount(burnt).max() / len(burnt)) / (INK - LIGHT), 0, 1)
    return float(light * bits * len(burnt) / (left.sum() + FEW * left.size))
