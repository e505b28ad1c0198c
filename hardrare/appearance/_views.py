"""The views of a stack of pictures that statistics read, made once for all of them.

- `image (B, H, W, C)` uint8, C = 1 or 3.
- `luminance (B, H, W)` uint8, ITU-R 601 (`L` of Pillow).
- `tiles (B, M, h, w)` int16, luminance for what lives between neighbouring pixels: the whole
  picture (M = 1), or of a picture of more than a megapixel 16 tiles of 256 x 256 that are
  spread evenly over it, so that a photograph of 48 megapixels costs no more than a small one.
- `histogram (B, 256)` int64, how many pixels have each luminance; of a picture of more than
  262,144 pixels every k-th in both directions.
- `small (B, h, w)` uint8, luminance as means of whole blocks of pixels, at most 320 a side, and
  `peak (B, h, w)` of the largest channel, 255 where one of them is clipped, `trough (B, h, w)` of
  the least.
- `span (B, h, w)` uint8, the largest less the least of 3 x 3 pixels of `small`.
- `colours (B, P, C)` int16, every k-th pixel in both directions, at most 65,536.
"""

import math
from functools import reduce

import numpy as np
from PIL import Image

from hardrare.numerics.spans import span

BLOCK = 4_000_000  # pixel values of a stack that is measured at a time
WHOLE = 2**20  # pixels; larger pictures are cut into tiles
GRID, TILE = 4, 256  # tiles along a side, and their side
SMALL = 320  # pixels
COUNTED, COLOURED = 2**18, 2**16  # pixels of the histogram and of the colours


def views(image: np.ndarray) -> dict[str, np.ndarray]:
    """All views of `image (B, H, W, C)` uint8."""
    bright = luminance(image)
    few = small(bright)
    return {
        "image": image,
        "luminance": bright,
        "tiles": tiles(bright),
        "small": few,
        "span": span(few, 3),
        "peak": small(_over_channels(np.maximum, image)),
        "trough": small(_over_channels(np.minimum, image)),
        "histogram": histogram(_thinned(bright, COUNTED)),
        "colours": colours(image),
    }


def luminance(image: np.ndarray) -> np.ndarray:
    """(B, H, W, C) to (B, H, W) uint8: 0.299 R + 0.587 G + 0.114 B, or the grey itself."""
    if image.shape[3] == 1:
        return image[..., 0]
    tall = Image.fromarray(np.ascontiguousarray(image).reshape(-1, *image.shape[2:]))
    return np.asarray(tall.convert("L")).reshape(image.shape[:3])


def _over_channels(of_two: np.ufunc, image: np.ndarray) -> np.ndarray:
    """(B, H, W, C) to (B, H, W) uint8, in a fifteenth of the time of `image.max(axis=3)`."""
    return reduce(of_two, np.moveaxis(image, 3, 0))


def tiles(bright: np.ndarray) -> np.ndarray:
    """(B, H, W) to (B, M, h, w) int16."""
    _, height, width = bright.shape
    if height * width <= WHOLE:
        return bright[:, None].astype(np.int16)
    h, w = min(TILE, height), min(TILE, width)
    tops = np.linspace(0, height - h, GRID).astype(int)
    lefts = np.linspace(0, width - w, GRID).astype(int)
    cut = [bright[:, y : y + h, x : x + w] for y in tops for x in lefts]
    return np.stack(cut, axis=1).astype(np.int16)


def small(bright: np.ndarray) -> np.ndarray:
    """(B, H, W) uint8 to (B, h, w) uint8."""
    k = math.ceil(max(bright.shape[1:]) / SMALL)
    if k <= 1:
        return bright
    return np.stack([np.asarray(Image.fromarray(picture).reduce(k)) for picture in bright])


def histogram(bright: np.ndarray) -> np.ndarray:
    """(B, H, W) uint8 to (B, 256) counts."""
    counted = [Image.fromarray(np.ascontiguousarray(picture)).histogram() for picture in bright]
    return np.array(counted, np.int64).reshape(len(bright), 256)


def colours(image: np.ndarray) -> np.ndarray:
    """(B, H, W, C) to (B, P, C) int16."""
    few = _thinned(image, COLOURED)
    return few.reshape(len(few), -1, few.shape[3]).astype(np.int16)


def _thinned(image: np.ndarray, most: int) -> np.ndarray:
    """Every k-th row and column, so that at most so many pixels are left."""
    k = math.ceil(math.sqrt(image.shape[1] * image.shape[2] / most))
    return image[:, ::k, ::k] if k > 1 else image
