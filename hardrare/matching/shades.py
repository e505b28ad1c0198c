"""Pictures without structure: of one colour, or of one even gradient.

A network calls red and blue ones alike, and so do correlations: any gradient fits any other of
its direction once gain and offset are free. Nothing but their colours tells them apart, so these
alone propose and decide: a picture of that kind is like one of nearly its colours, and no other.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from scipy.spatial import cKDTree

EVEN, FINE = 2.0, 6.0  # levels that a pixel may be off a smooth surface: at 32 pixels, and closer
CURVED = 8  # pixels of the shorter side from which on a surface may lean and bend
AT = np.array([-0.75, -0.25, 0.25, 0.75])  # across and down, where a surface is read
SAME = 2.0  # levels, largest difference of two surfaces that saving again explains
UNLIKE = 64.0  # levels from which on two are not alike at all
NEAREST = 3  # of each


def surfaces(pictures: np.ndarray, even: float = EVEN) -> np.ndarray:
    """Levels at 4 x 4 places of pictures without structure, of others NaN.

    Args:
        pictures: `(B, H, W, C)` uint8, C = 1 or 3.
        even: levels of a channel that no pixel is off the smoothest surface through it.

    Returns:
        `(B, 48)` float32, 0..255: the places by row, three channels each.

    Examples:
        >>> picture = np.full((1, 32, 32, 3), 90, np.uint8)
        >>> surfaces(picture)[0, 0]
        np.float32(90.0)
        >>> picture[0, 3, 3] = 20
        >>> surfaces(picture)[0, 0]
        np.float32(nan)
    """
    count, height, width, channels = pictures.shape
    known, read = _surface(height, width)
    levels = pictures.reshape(count, height * width, channels).astype(np.float32)
    fitted = known.T @ levels
    off = levels - known @ fitted
    made = np.repeat(read @ fitted, 3 // channels, axis=2).reshape(count, -1)
    made[np.abs(off).max(axis=(1, 2), initial=0) > even] = np.nan
    return np.round(made, 2)


@lru_cache(16)
def _surface(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal quadratic surfaces `(H * W, k)`, and what reads a fit at 16 places `(16, k)`.

    Pictures of few pixels are held against one colour alone.
    """
    lines = [(np.arange(size) + 0.5) * 2 / size - 1 for size in (height, width)]
    grid, places = (_terms(*np.meshgrid(*pair, indexing="ij")) for pair in (lines, (AT, AT)))
    terms = grid.shape[1] if min(height, width) >= CURVED else 1
    known, triangle = np.linalg.qr(grid[:, :terms])
    read = places[:, :terms] @ np.linalg.inv(triangle)
    return known.astype(np.float32), read.astype(np.float32)


def _terms(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A constant, slopes and bends at places, `(n, 6)`."""
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1).reshape(-1, 6)


def apart(first: np.ndarray, second: np.ndarray) -> float:
    """Largest difference of two surfaces `(48,)`, levels."""
    return float(np.abs(first - second).max())


def likeness(apart: np.ndarray) -> np.ndarray:
    """1 for surfaces that do not differ, 0 from `UNLIKE` levels on."""
    return np.maximum(1 - apart / UNLIKE, 0)


def near(points: np.ndarray) -> Iterator[tuple[int, int, float]]:
    """Of each of M surfaces `(M, 48)` its nearest others: rows and how alike, above 0.

    Equal ones are each paired with the first of them.
    """
    _, first, back = np.unique(np.round(points, 1), axis=0, return_index=True, return_inverse=True)
    for row, stands in enumerate(first[back.ravel()].tolist()):
        if row != stands:
            yield stands, row, 1.0
    first = np.sort(first)
    wanted = min(NEAREST + 1, len(first))
    if wanted < 2:
        return
    off, others = cKDTree(points[first]).query(points[first], wanted, p=np.inf)
    for at, row in enumerate(first.tolist()):
        for other, alike in zip(others[at].tolist(), likeness(off[at]).tolist(), strict=True):
            if other != at and alike > 0:
                yield row, int(first[other]), round(alike, 6)
