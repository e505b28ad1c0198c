"""An encoded picture opened: upright, at its most telling frame, still with all its bits."""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from io import BytesIO
from threading import Lock
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hardrare.datasets._colours import tiff_pages, tiff_values, wide_colours
from hardrare.datasets._formats import FORMATS, HEAD, is_image, openers, what
from hardrare.datasets._frames import most_telling

MAX_PIXELS = 89_478_485  # of a decoded image; Pillow's own line, beyond which it fears a bomb
LARGE = 2**25  # pixels; a larger JPEG is decoded at a fraction of its size, so that this is kept
MANY = 2**23  # pixels; of images with more, one is decoded at a time
DNG, REDUCED, BEHIND = 50706, 254, 330  # tags of TIFF: its version, a preview, further pictures
TAKEN, CHANGED, EXIF = 36867, 306, 0x8769  # tags: date of the photograph, of the file; where
_AT_A_TIME = Lock()


class Unusable(Exception):
    """An image that is left out, with the reason."""


@contextmanager
def quiet() -> Iterator[None]:
    """Pillow's warnings are not shown, what matters is listed; and its line is ours to draw."""
    line, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = line


def opened(encoded: bytes) -> tuple[Image.Image | np.ndarray, dict[str, Any]]:
    """The picture in a file, and the facts about it.

    Args:
        encoded: the bytes of the file.

    Returns:
        The decoded picture, turned as its EXIF orientation says: of Pillow in its own mode, or
        an array of 16 bits (H, W, 3) where Pillow would drop half of them. And width, height,
        format, mode, taken, frames: of the file, width and height upright.

    Raises:
        Unusable: it is empty, no image, or too large.
        Exception: whatever a damaged file makes of a reader.
    """
    if not encoded:
        raise Unusable("empty")
    openers()
    if not is_image(encoded[:HEAD]):
        raise Unusable(f"no image: it is {what(encoded[:HEAD])}")
    try:
        image = Image.open(BytesIO(encoded), formats=FORMATS)
    except UnidentifiedImageError:
        return _other_tiff(encoded)
    if image.format == "TIFF" and _is_raw(image.getexif()):
        raise Unusable("no image: it is a raw photograph")
    image, frames = most_telling(image)
    facts = {"width": image.width, "height": image.height, "frames": frames}
    facts |= {"format": image.format, "mode": image.mode}
    _reduce(image)
    if image.width * image.height > MAX_PIXELS:
        here = f"{image.width}x{image.height}"
        raise Unusable(f"too large: {here} is more than {MAX_PIXELS} pixels")
    with _AT_A_TIME if image.width * image.height > MANY else nullcontext():
        image.load()
    facts["taken"] = _taken(image)
    if (values := wide_colours(image, encoded)) is not None:
        return values, facts
    wide = image.width >= image.height
    with suppress(Exception):  # damaged EXIF costs the orientation, not the image
        ImageOps.exif_transpose(image, in_place=True)
    if wide != (image.width >= image.height):
        facts["width"], facts["height"] = facts["height"], facts["width"]
    return image, facts


def _other_tiff(encoded: bytes) -> tuple[np.ndarray, dict[str, Any]]:
    """The first page of a TIFF that Pillow does not know: doubles, several planes."""
    values = tiff_values(encoded)
    if values is None:
        raise Unusable(
            f"damaged: its header cannot be read, though it begins as {what(encoded[:HEAD])}"
        )
    facts = {"width": values.shape[1], "height": values.shape[0], "frames": tiff_pages(encoded)}
    return values, facts | {"format": "TIFF", "mode": str(values.dtype), "taken": None}


def reason(error: Exception) -> str:
    """Why an image cannot be had: one line without a path or an address."""
    text = re.sub(r" at 0x[0-9a-f]+|<_io\.BytesIO object>", "", " ".join(str(error).split()))
    if isinstance(error, Unusable):
        return text
    if isinstance(error, UnidentifiedImageError):
        return "damaged: its header cannot be read"
    if isinstance(error, (Image.DecompressionBombError, MemoryError)):
        return f"too large: more than {MAX_PIXELS} pixels"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"damaged: {text.strip() or type(error).__name__}"


def _is_raw(tags: Mapping[int, Any]) -> bool:
    """Whether a TIFF is a camera's raw file: what it opens with is but a preview of a photograph.

    Such files (DNG, NEF, ARW, ...) say so by a version of DNG, or by a reduced first picture
    whose full one lies behind it.
    """
    return DNG in tags or (tags.get(REDUCED) == 1 and BEHIND in tags)


def _reduce(image: Image.Image) -> None:
    """Let a huge JPEG or JPEG 2000 be decoded at a half, a quarter or an eighth of its size."""
    width, height = image.size
    times = next((k for k in (1, 2, 4, 8) if width * height <= LARGE * k * k), 8)
    if times > 1 and image.format in ("JPEG", "MPO"):
        image.draft(None, (width // times, height // times))
    elif times > 1 and image.format == "JPEG2000":
        image.reduce = times.bit_length() - 1


def _taken(image: Image.Image) -> int | None:
    """When the photograph was taken by its EXIF date, as seconds since 1970; None if unknown."""
    with suppress(Exception):
        exif = image.getexif()
        text = exif.get_ifd(EXIF).get(TAKEN) or exif.get(CHANGED)
        if text:
            moment = datetime.strptime(str(text).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")
            return int(moment.replace(tzinfo=UTC).timestamp())
    return None
