"""Encoded images to uint8 pixels: in parallel, in order, of one shape."""

import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from itertools import islice

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hardrare.datasets._source import Payload, Split
from hardrare.errors import InputError

CHUNK = 1024  # payloads in memory at a time
SMALL = 8192  # bytes; below, a thread costs more than it saves
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def pixels(split: Split, positions: np.ndarray, size: int | None) -> np.ndarray:
    """Read, decode and stack the images at some positions of a split.

    Args:
        split: where they come from.
        positions: `(n,)`, ascending; no other image is decoded.
        size: resize to size x size (bicubic with antialiasing; the whole image, so that
            another aspect ratio is squeezed); None keeps them as they are.

    Returns:
        `(n, H, W, C)` uint8; C is 1 where all of them are grey, otherwise 3.

    Raises:
        InputError: an image does not decode, or has another height or width than the first.
    """
    names = [split.file_name[i] for i in positions]
    stacked = np.empty((0, 0, 0, 0), np.uint8)
    for k, one in enumerate(_decoded(split, positions, names, size)):
        if k == 0:
            stacked = np.empty((len(names), *one.shape), np.uint8)
        require_one_size(one, stacked[0], names[k], names[0])
        if one.shape[2] > stacked.shape[3]:
            stacked = np.repeat(stacked, 3, axis=3)
        stacked[k] = one  # a grey image among colour ones is broadcast
    return stacked


def require_one_size(one: np.ndarray, first: np.ndarray, name: str, first_name: str) -> None:
    """Refuse an image `(H, W, C)` of another height or width than the first one."""
    if one.shape[:2] != first.shape[:2]:
        here, there = ("x".join(map(str, i.shape[:2])) for i in (one, first))
        raise InputError(
            f"{name} is {here} pixels, but {first_name} is {there} (height x width); "
            "set prepare.size to bring all images to one size."
        )


def _decoded(
    split: Split, positions: np.ndarray, names: list[str], size: int | None
) -> Iterator[np.ndarray]:
    """The images one by one, in order; the pool sees only what has to be decoded."""
    work = partial(_decode, colour=split.colour, size=size)
    payloads = zip(split.read(positions), names, strict=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while chunk := list(islice(payloads, CHUNK)):
            yield from (pool.map if _dear(chunk[0][0], size) else map)(work, chunk)


def _dear(payload: Payload, size: int | None) -> bool:
    """Whether decoding takes longer than handing it to a thread."""
    if isinstance(payload, np.ndarray):
        return size is not None and payload.size > SMALL
    return not isinstance(payload, bytes) or len(payload) > SMALL


def _decode(item: tuple[Payload, str], colour: bool, size: int | None) -> np.ndarray:
    """One payload and its name to `(H, W, C)` uint8."""
    payload, name = item
    if isinstance(payload, np.ndarray):
        if size is None:
            return payload
        grey = payload.shape[2] == 1
        return _pixels(Image.fromarray(payload[..., 0] if grey else payload), size)
    try:
        with Image.open(BytesIO(payload) if isinstance(payload, bytes) else payload) as image:
            if size is not None:
                image.draft(None, (3 * size, 3 * size))  # a large JPEG at a fraction of its size
            ImageOps.exif_transpose(image, in_place=True)
            return _pixels(_eight_bits(image, colour), size)
    except UnidentifiedImageError:
        reason = "its format is not known"
    except BROKEN as error:
        reason = " ".join(str(error).split())
    raise InputError(f"{name}: no readable image ({reason}); replace it or take it away.")


def _eight_bits(image: Image.Image, colour: bool) -> Image.Image:
    """Grey (mode L) or RGB: 16 bits scaled to 8, transparent parts laid on white."""
    grey = image.mode in ("1", "L", "LA") or image.mode.startswith("I;16")
    if image.mode in ("I", "F"):
        raise ValueError("its pixels have 32 bits, expected 8 or 16")
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
