"""Filters of small grey pictures, which numpy and scipy have too, here at a fraction of the time.

A comparison takes a hundred of them, each on a picture of 64 to 320 pixels, where what surrounds
the arithmetic is most of what they cost. Results are theirs to a ten-thousandth of a grey level.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image

from hardrare.numerics.spans import mirrored

TINY = 24  # pixels of the longest side below which nothing is smoothed
NARROW = 64  # pixels up to which a product with a matrix is faster than sums of slices


def fitted(pictures: np.ndarray, longest: int) -> np.ndarray:
    """Pictures `(..., H, W)` float with a longest side of so many pixels; none is left at 0.

    As Pillow's bilinear `resize`: products with the matrices that it applies to rows and columns.
    """
    height, width = pictures.shape[-2:]
    factor = longest / max(height, width)
    shape = (max(1, round(height * factor)), max(1, round(width * factor)))
    if shape == (height, width):
        return pictures
    rows, columns = _resizing(height, shape[0]), _resizing(width, shape[1])
    return rows @ (np.asarray(pictures, np.float32) @ columns.T)


@lru_cache(4096)
def _resizing(size: int, to: int) -> np.ndarray:
    """What Pillow makes of a line of pixels, `(to, size)`."""
    return np.asarray(Image.fromarray(np.eye(size, dtype=np.float32)).resize(
        (to, size), Image.Resampling.BILINEAR)).T.copy()  # fmt: skip


def smoothed(pictures: np.ndarray, deviation: float = 1.0) -> np.ndarray:
    """Pictures `(..., H, W)` without their finest detail; tiny ones as they are."""
    return pictures if max(pictures.shape[-2:]) < TINY else blurred(pictures, deviation)


def blurred(pictures: np.ndarray, deviation: float) -> np.ndarray:
    """Pictures `(..., H, W)` under a Gaussian of so many pixels, mirrored at their edges."""
    height, width = pictures.shape[-2:]
    made = np.asarray(pictures, np.float32)
    if max(height, width) <= NARROW:
        return _band(height, deviation) @ (made @ _band(width, deviation))
    flat = made.reshape(-1, height, width)
    return np.stack(
        [_summed(_summed(picture, deviation, 0), deviation, 1) for picture in flat]
    ).reshape(made.shape)


def _weights(deviation: float) -> np.ndarray:
    """Of the middle and of its neighbours on one side, `(r + 1,)` float32."""
    weights = np.exp(-0.5 * (np.arange(int(4 * deviation + 0.5) + 1) / deviation) ** 2)
    return (weights / (2 * weights.sum() - weights[0])).astype(np.float32)


@lru_cache(256)
def _band(size: int, deviation: float) -> np.ndarray:
    """The filter of a line of pixels as a matrix `(size, size)`, which its transpose equals."""
    weights = _weights(deviation)
    band = np.zeros((size, size), np.float32)
    for by in range(1 - len(weights), len(weights)):
        np.add.at(band, (np.arange(size), mirrored(size, by, by)), weights[abs(by)])
    return band


def _summed(picture: np.ndarray, deviation: float, axis: int) -> np.ndarray:
    """A picture `(H, W)` smoothed along an axis."""
    weights, size = _weights(deviation), picture.shape[axis]
    radius = len(weights) - 1
    wide = picture.take(mirrored(size, -radius, radius), axis)
    parts = [wide[k : k + size] if axis == 0 else wide[:, k : k + size]
             for k in range(2 * radius + 1)]  # fmt: skip
    made = parts[radius] * weights[0]
    pair = np.empty_like(made)
    for k in range(1, radius + 1):
        np.add(parts[radius - k], parts[radius + k], out=pair)
        pair *= weights[k]
        made += pair
    return made


def quantiles(values: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """As `numpy.quantile` of values `(n,)`."""
    at = np.asarray(shares) * (values.size - 1)
    low = at.astype(np.int64)
    high = np.minimum(low + 1, values.size - 1)
    order = np.partition(values.ravel(), np.unique(np.concatenate([low, high])))
    return order[low] + (order[high] - order[low]) * (at - low)


def at(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """As `values[where]` of one shape, in a fifth of its time."""
    return values.ravel().take(np.flatnonzero(where))
