"""Pixel values that Pillow drops or does not know: 16 bits of each colour, doubles.

tifffile comes with scikit-image; torchvision is imported only when a PNG of this kind is met.
"""

from contextlib import suppress
from io import BytesIO

import numpy as np
from PIL import Image

BITS = 258  # tag of TIFF: bits per sample
PNG_BITS = 24  # where a PNG says how many bits a value has


def wide_colours(image: Image.Image, encoded: bytes) -> np.ndarray | None:
    """All 16 bits of the colours (H, W, 3), where Pillow keeps the upper half only.

    Of a PNG with opacity that is the last plane, see `apart`. None for any other picture, and for
    one in a codec that is not here.
    """
    if image.mode not in ("RGB", "RGBA"):
        return None
    if image.format == "TIFF" and 16 in image.tag_v2.get(BITS, ()):
        return tiff_values(encoded, image.tell())
    if image.format == "PNG" and encoded[PNG_BITS] == 16:
        return _png_values(encoded)
    return None


def tiff_values(encoded: bytes, page: int = 0) -> np.ndarray | None:
    """A page of a TIFF as (H, W) or (H, W, 3) of its own type; None where it cannot be had."""
    import tifffile

    with suppress(Exception), tifffile.TiffFile(BytesIO(encoded)) as file:
        values = np.squeeze(file.pages[page].asarray())
        if values.ndim == 3 and values.shape[2] > 4:  # planes that follow each other
            values = np.moveaxis(values, 0, 2)
        if values.ndim == 3:
            values = values[..., :3] if values.shape[2] > 2 else values[..., 0]
        if values.ndim == 2 and values.dtype.kind in "uif":
            return values
        return values if values.ndim == 3 and values.dtype.kind in "uif" else None
    return None


def tiff_pages(encoded: bytes) -> int:
    """How many pages a TIFF has, 1 where that cannot be told."""
    import tifffile

    with suppress(Exception), tifffile.TiffFile(BytesIO(encoded)) as file:
        return max(1, len(file.pages))
    return 1


def _png_values(encoded: bytes) -> np.ndarray | None:
    with suppress(Exception):
        import torch
        from torchvision.io import decode_image

        planes = decode_image(torch.frombuffer(bytearray(encoded), dtype=torch.uint8))
        return np.moveaxis(planes.numpy(), 0, 2)
    return None


def apart(values: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The colours (H, W, 3) or grey levels (H, W) of a wide picture, and its opacity, if any.

    Args:
        values: (H, W) or (H, W, 1 to 4); of 2 or 4 planes the last one is opacity, 0..65535.

    Returns:
        The former as they are, the latter (H, W) uint8 or None.
    """
    if values.ndim == 3 and values.shape[2] in (2, 4):
        colours = values[..., 0] if values.shape[2] == 2 else values[..., :3]
        return colours, (values[..., -1] >> 8).astype(np.uint8)
    return values, None
