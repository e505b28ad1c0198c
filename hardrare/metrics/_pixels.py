"""What the pixel statistics share: images taken in blocks, so that memory stays flat."""

from collections.abc import Callable

import numpy as np

from hardrare.errors import InputError

BLOCK_VALUES = 2_000_000  # pixel values at a time: 16 MB as float64, 651 images of 32 x 32 x 3


def per_image(
    image: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray], dtype: type = np.float64
) -> np.ndarray:
    """A statistic of each image, block by block.

    Memory beyond `image` (which may be memory-mapped) is a few blocks of 2,000,000
    values, or of one image where an image is larger.

    Args:
        image: (N, H, W, C) uint8.
        statistic: takes a block (B, H, W, C) and returns (B,).
        dtype: of the block.

    Returns:
        (N,) float64.

    Raises:
        InputError: not four axes, not uint8, or an empty image.
    """
    if image.ndim != 4 or image.dtype != np.uint8 or 0 in image.shape[1:]:
        raise InputError(
            f"image is {image.dtype} {image.shape}, expected uint8 (N, H, W, C); run prepare again."
        )
    values = np.empty(len(image))
    step = max(1, BLOCK_VALUES // image[0].size) if len(image) else 1
    for start in range(0, len(image), step):
        block = slice(start, start + step)
        values[block] = statistic(image[block].astype(dtype))
    return values


def border(height: int, width: int) -> np.ndarray:
    """Which pixels are the outermost ring: (H, W) bool."""
    mask = np.ones((height, width), bool)
    mask[1:-1, 1:-1] = False
    return mask
