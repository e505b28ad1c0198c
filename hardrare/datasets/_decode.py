"""Encoded images to uint8 pixels: in parallel, in order; what does not decode has its reason.

Threads, because Pillow lets go of the interpreter while it decodes: for photographs they
use all cores, for files of a few kilobytes a thread costs more than it saves.
"""

import os
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from io import BytesIO
from itertools import islice
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hardrare.datasets._source import Payload, Split, skip
from hardrare.tables import Skipped

# Pillow knows more formats, some of which call other programs: no file may choose them.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "DIB", "TIFF", "GIF")
MAX_PIXELS = 89_478_485  # of one image; Pillow's own line, beyond which it fears a bomb
HELD = 64 * 2**20  # bytes of decoded images that are held at a time
SMALL = 8192  # bytes; below, a thread costs more than it saves


class _Unusable(Exception):
    """An image that is left out, with the reason."""


def decoded(
    split: Split, positions: np.ndarray, size: int | None
) -> Iterator[np.ndarray | Skipped]:
    """The images at some positions of a split, one by one, in order.

    Args:
        split: where they come from.
        positions: `(n,)`, ascending; no other image is decoded.
        size: resize to size x size (bicubic with antialiasing; the whole image, so that
            another aspect ratio is squeezed); None keeps them as they are.

    Yields:
        `(H, W, C)` uint8, or why it cannot be had. C is 1 for a grey image (unless
        `split.colour`), otherwise 3; transparent parts are laid on white.
    """
    work = partial(_decode, colour=split.colour, size=size)
    names = (split.file_name[i] for i in positions)
    payloads = zip(split.read(positions), names, strict=True)
    at_once = 1  # until an image has shown how large they are
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while chunk := list(islice(payloads, at_once)):
            for one in (pool.map if _dear(chunk[0][0], size) else map)(work, chunk):
                if isinstance(one, np.ndarray):
                    at_once = max(1, min(1024, HELD // one.nbytes))
                yield one


def quiet() -> warnings.catch_warnings:
    """A context in which Pillow's warnings are not shown: what matters is listed."""
    return warnings.catch_warnings(action="ignore")


def _dear(payload: Payload, size: int | None) -> bool:
    """Whether decoding takes longer than handing it to a thread."""
    if isinstance(payload, np.ndarray):
        return size is not None and payload.size > SMALL
    if isinstance(payload, bytes):
        return len(payload) > SMALL
    with suppress(OSError):
        return payload.stat().st_size > SMALL
    return False


def _decode(item: tuple[Payload, str], colour: bool, size: int | None) -> np.ndarray | Skipped:
    """One payload and its name to `(H, W, C)` uint8."""
    payload, name = item
    if isinstance(payload, np.ndarray):
        if size is None:
            return payload
        grey = payload.shape[2] == 1
        return _pixels(Image.fromarray(payload[..., 0] if grey else payload), size)
    try:
        with BytesIO(payload) if isinstance(payload, bytes) else payload.open("rb") as stream:
            image = _eight_bits(_upright(stream, size), colour)
    except Exception as error:  # what a damaged file makes of Pillow's readers is anything
        return skip(name, _reason(error))
    return _pixels(image, size)


def _reason(error: Exception) -> str:
    """Why an image cannot be had: one line without a path or an address."""
    text = re.sub(r" at 0x[0-9a-f]+", "", " ".join(str(error).split()))
    if isinstance(error, _Unusable):
        return text
    if isinstance(error, UnidentifiedImageError):
        return "unknown format or damaged header"
    if isinstance(error, (Image.DecompressionBombError, MemoryError)):
        return f"too large: more than {MAX_PIXELS} pixels"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"damaged: {text or type(error).__name__}"


def _upright(stream: BinaryIO, size: int | None) -> Image.Image:
    """The first frame, decoded, turned as its EXIF orientation says."""
    if not stream.read(1):
        raise _Unusable("empty")
    stream.seek(0)
    image = Image.open(stream, formats=FORMATS)
    if image.width * image.height > MAX_PIXELS:
        here = f"{image.width}x{image.height}"
        raise _Unusable(f"too large: {here} is more than {MAX_PIXELS} pixels")
    if size is not None:
        image.draft(None, (3 * size, 3 * size))  # a large JPEG at a fraction of its size
    image.load()
    with suppress(Exception):  # damaged EXIF costs the orientation, not the image
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _eight_bits(image: Image.Image, colour: bool) -> Image.Image:
    """Grey (mode L) or RGB: 16 bits scaled to 8, transparent parts laid on white."""
    grey = image.mode in ("1", "L", "LA") or image.mode.startswith("I;16")
    if image.mode in ("I", "F"):
        raise _Unusable("pixels of 32 bits: expected 8 or 16")
    if image.mode.startswith("I;16"):
        image = Image.fromarray(np.rint(np.asarray(image) / 257).astype(np.uint8))
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    mode = "L" if grey and not colour else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _pixels(image: Image.Image, size: int | None) -> np.ndarray:
    """`(H, W, C)` uint8 of a grey or RGB image, resized where a size is given."""
    if size is not None and image.size != (size, size):
        image = image.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(image).reshape(image.height, image.width, -1)
