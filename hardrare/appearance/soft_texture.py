"""Statistic `soft_texture`: whether what stands on the ground is photographed or drawn."""

import numpy as np

from hardrare.appearance import statistic

GROUND, NEAR = 2, 10  # grey levels of the ground on both sides, and within which a pixel is of it
EVEN, HARD = 3, 30  # grey levels within 3 x 3 pixels: up to an even area, from an edge of a stroke
BIN = 4  # grey levels that count as one
CLIPPED = 252  # of the largest channel: light may have taken what was there


@statistic(unit="bits", harder="open", source="Shannon, 1948; of the levels of soft texture")
def soft_texture(small: np.ndarray, peak: np.ndarray, span: np.ndarray) -> np.ndarray:
    """How many levels soft texture has, by how much of the rest it is: H * s / n * s / (s + e).

    The ground is the most frequent brightness and what is clipped in a channel, n the pixels off
    it; of these s lie in soft texture, where 3 x 3 pixels span more than 3 and less than 30 grey
    levels, and e in even areas; H is the entropy of the levels of the former. What light made
    fades into the ground over many levels; what is drawn has even areas, and edges that are hard.

    Args:
        small: (B, h, w) uint8, luminance of at most 320 pixels a side.
        peak: (B, h, w) uint8, the largest channel.
        span: (B, h, w) uint8, the largest less the least of 3 x 3 pixels.

    Returns:
        (B,), 0..6; 0 for one colour.

    Examples:
        >>> from hardrare.numerics.spans import span
        >>> slope = np.tile(np.r_[np.full(24, 255), 255 - 5 * np.arange(40)], (1, 64, 1))
        >>> bars = np.full((1, 64, 64), 255)
        >>> bars[:, 20:, 10:20] = bars[:, 40:, 30:40] = 90
        >>> both = [one.astype(np.uint8) for one in (slope, bars)]
        >>> [soft_texture(page, page, span(page, 3)).round(1).item() for page in both]
        [5.2, 0.0]
    """
    return np.array([_one(*each) for each in zip(small, peak, span, strict=True)])


def _one(level: np.ndarray, peak: np.ndarray, span: np.ndarray) -> float:
    counts = np.bincount(level.ravel(), minlength=256)
    ground = np.convolve(counts, np.ones(2 * GROUND + 1), "same").argmax()
    off = (np.abs(level.astype(np.int16) - ground) > NEAR) & (peak < CLIPPED)
    soft, even = off & (span > EVEN) & (span < HARD), off & (span <= EVEN)
    n, some = off.sum(), soft.sum()
    if not some:
        return 0.0
    share = np.bincount(level[soft] // BIN) / some
    bits = -(share[share > 0] * np.log2(share[share > 0])).sum()
    return float(some / n * some / (some + even.sum()) * bits)
