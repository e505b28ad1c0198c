"""Metric `compressed_size`: how little the image repeats itself."""

import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from hardrare.errors import InputError
from hardrare.metrics import metric
from hardrare.metrics._pixels import per_image


@metric(unit="bytes", harder="open", source="pixel baseline; lossless compression")
def compressed_size(image: np.ndarray) -> np.ndarray:
    """Length of the image as a PNG file.

    l_i = bytes of Pillow's PNG, zlib level 6, no metadata; C = 1, 2, 3 and 4 are stored as
    grey, grey and alpha, RGB and RGBA. Defined for every image. The number depends on the
    zlib inside Pillow: compare within one study.

    Args:
        image: (N, H, W, C) uint8, C = 1..4.

    Returns:
        (N,) float64, bytes, 67 or more.

    Raises:
        InputError: more than four channels.

    Examples:
        One grey pixel: signature 8, header chunk 25, end chunk 12, data chunk 12 and in it
        zlib 2 + 4, deflate 4 (two literals in a fixed block): 67.

        >>> compressed_size(np.zeros((1, 1, 1, 1), np.uint8))
        array([67.])
    """
    if image.ndim == 4 and image.shape[3] > 4:
        raise InputError(f"image has {image.shape[3]} channels, expected 1 to 4.")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return per_image(image, lambda x: np.fromiter(pool.map(_png_bytes, x), float), np.uint8)


def _png_bytes(pixels: np.ndarray) -> int:
    """Length of one (H, W, C) image as PNG."""
    file = io.BytesIO()
    shaped = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    Image.fromarray(shaped).save(file, "PNG", compress_level=6)
    return file.tell()
