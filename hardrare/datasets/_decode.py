"""Each file decoded once, at its own resolution: all that a study keeps of it.

From one decode come the square image, the picture with its aspect, the facts about the file and
what one look at the picture tells. What does not decode has its reason.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hardrare.datasets._colours import apart
from hardrare.datasets._formats import HEAD
from hardrare.datasets._ground import mode, opaque, wide_mode
from hardrare.datasets._grouping import groups
from hardrare.datasets._known import NOTHING, Known, Note
from hardrare.datasets._once import Once, bytes_of, cut, of_part
from hardrare.datasets._opening import opened, reason
from hardrare.datasets._parallel import in_order
from hardrare.datasets._remote import Place
from hardrare.datasets._small import as_file, shrunk
from hardrare.datasets._source import Part, Payload, Split, skip
from hardrare.datasets._wide import Range, Samples, Unknown, sample
from hardrare.tables import Skipped

# Formats (None = an array) of which a tiny picture is kept as PNG. Unlike those of `matching.worth`
# with GIF: of its 256 colours each pixel is kept as it is, too.
LOSSLESS = ("PNG", "BMP", "DIB", "GIF", "TIFF", "PPM", None)

Look = Callable[[np.ndarray], Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class How:
    """How images are decoded.

    Attributes:
        size: of the square image, to which the whole picture is squeezed (bicubic with
            antialiasing); None keeps images as they are, at their own size.
        picture_side: most pixels along the longest side of the picture that is kept; None
            keeps none.
        range: what becomes black and white of pixels of more than 8 bits.
        look: pictures of one size (N, H, W, C) uint8 to what one look tells, a row for each.
        known: what was made of images before, by the same.
    """

    size: int | None
    picture_side: int | None
    range: Range
    look: Look
    known: Known = NOTHING


@dataclass(frozen=True)
class Seen:
    """What is kept of one image: `(H, W, C)` uint8, its encoded picture, facts and statistics.

    Where the same file gives the same another time, it has a key, and a note for that time.
    """

    image: np.ndarray
    picture: bytes | None
    row: dict[str, Any]
    key: str | None = None
    note: Note | None = None


@dataclass(frozen=True)
class _Decoded:
    """An image of its own resolution on its way, `(H, W, C)` uint8, and facts about its file."""

    image: np.ndarray
    facts: dict[str, Any]
    key: str | None = None
    dated: bool = False


def seen(split: Split, positions: np.ndarray, how: How) -> Iterator[Seen | Skipped]:
    """The images at some positions of a split, one by one, in order.

    Args:
        split: where they come from.
        positions: `(n,)`, ascending; no other image is decoded.
        how: what is made of each.

    Yields:
        What is kept of it, or why it cannot be had. The image has one channel if it is grey
        (unless `split.colour`), otherwise three.
    """
    names = (split.file_name[i] for i in positions)
    payloads = zip(split.read(positions), names, strict=True)
    for group in in_order(lambda some: _group(some, split.colour, how), groups(payloads)):
        yield from group


def wide_samples(splits: Sequence[tuple[Split, np.ndarray]]) -> Samples:
    """A few pixel values of each image of more than 8 bits a value."""
    for split, positions in splits:
        for few in in_order(_sampled, split.read(positions)):
            if few is not None:
                yield few


def _sampled(payload: Payload) -> np.ndarray | None:
    """Some values of a wide image; None for others, most of which are told by their first bytes."""
    if isinstance(payload, np.ndarray):
        return None
    encoded = payload.of if isinstance(payload, Part) else payload
    if not _may_be_wide(encoded):
        return None
    try:
        image, _ = opened(bytes_of(encoded))
    except Exception:  # it is listed with its reason elsewhere
        return None
    return sample(apart(np.asarray(image))[0]) if _is_wide(image) else None


def _may_be_wide(payload: bytes | Place) -> bool:
    try:
        if isinstance(payload, bytes):
            head = payload[:HEAD]
        else:
            with payload.open("rb") as stream:
                head = stream.read(HEAD)
    except OSError:
        return False
    if head.startswith(b"\x89PNG"):
        return head[24:25] == b"\x10"
    return head[:2] in (b"II", b"MM") or head[:1] == b"P" or b"jP  " in head


def _is_wide(image: Image.Image | np.ndarray) -> bool:
    if isinstance(image, np.ndarray):
        return image.dtype != np.uint8
    return image.mode.startswith(("I", "F"))


def _group(some: list[tuple[Payload, str]], colour: bool, how: How) -> list[Seen | Skipped]:
    """Decode a few, and look at those of one size together."""
    once = Once()
    decoded = [_decode(payload, name, colour, how, once) for payload, name in some]
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for at, picture in enumerate(decoded):
        if isinstance(picture, _Decoded):
            by_shape.setdefault(picture.image.shape, []).append(at)
    for places in by_shape.values():
        rows = how.look(np.stack([decoded[at].image for at in places]))
        for at, row in zip(places, rows, strict=True):
            decoded[at] = _kept(decoded[at], row, how)
    return decoded


def _decode(
    payload: Payload, name: str, colour: bool, how: How, once: Once
) -> _Decoded | Seen | Skipped:
    """One payload decoded, or what is known of the same from before."""
    if isinstance(payload, np.ndarray):
        return _Decoded(payload, {})
    file, part = (payload.of, payload) if isinstance(payload, Part) else (payload, None)
    try:
        digest = of_part(once.digest(file), part)
        key = f"{digest} colour" if colour else digest
        if seen := _known(key, file, how.known):
            return seen
        image, facts = once.opened()
        wide = _is_wide(image)
        image = cut(image, part, facts) if part else image
        facts["mode"] = _mode(image, facts["mode"])
        drawn = _eight_bits(image, colour, how.range)
        dated = facts["taken"] is not None
        facts |= {"content_hash": digest, "taken": facts["taken"] if dated else _changed(file)}
        pixels = np.asarray(drawn).reshape(drawn.height, drawn.width, -1)
        return _Decoded(pixels, facts, None if wide else key, dated)
    except (ImportError, Unknown):
        raise  # a package is missing, or other pictures: the file is not to blame
    except Exception as error:  # what a damaged file makes of Pillow's readers is anything
        return skip(name, reason(error))


def _known(key: str, payload: bytes | Place, known: Known) -> Seen | None:
    """What was made of the same file before."""
    kept = known.of(key)
    if kept is None:
        return None
    image, picture, row, note = kept
    row["taken"] = _changed(payload) if row["taken"] is None else row["taken"]
    return Seen(image, picture, row, key, note)


def _changed(payload: bytes | Place) -> int | None:
    """When a file was last changed, in seconds since 1970; None for one that lies elsewhere."""
    return int(payload.stat().st_mtime) if isinstance(payload, Path) else None


def _mode(image: Image.Image | np.ndarray, said: str) -> str:
    """The mode of a picture whose file says one, an A at its end where something is clear."""
    if isinstance(image, Image.Image):
        return mode(image)
    values, opacity = apart(image)
    return wide_mode("L" if opacity is not None and values.ndim == 2 else said, opacity)


def _eight_bits(image: Image.Image | np.ndarray, colour: bool, limits: Range) -> Image.Image:
    """Grey (mode L) or RGB: wide pixels by the range of the set, transparency on a ground."""
    grey = isinstance(image, Image.Image) and image.mode in ("1", "L", "LA", "La")
    if _is_wide(image) or isinstance(image, np.ndarray):
        values, opacity = apart(np.asarray(image))
        grey = values.ndim == 2
        image = Image.fromarray(limits.eight_bits(values))
        if opacity is not None:
            image.putalpha(Image.fromarray(opacity))
            image = opaque(image)
    elif image.has_transparency_data:
        image = opaque(image)
    wanted = "L" if grey and not colour else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _kept(decoded: _Decoded, looked: dict[str, Any], how: How) -> Seen:
    """What a study keeps of a picture of its own resolution."""
    image, row = decoded.image, decoded.facts | looked
    drawn = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    picture = None
    if how.picture_side is not None:
        lossless = row.get("format") in LOSSLESS
        small = shrunk(drawn, how.picture_side)
        picture = as_file(small, lossless and small is drawn)
        drawn = small if how.size is not None and min(small.size) >= how.size else drawn
    if how.size is not None:
        if drawn.size != (how.size, how.size):
            drawn = drawn.resize((how.size, how.size), Image.Resampling.BICUBIC)
        image = np.asarray(drawn).reshape(how.size, how.size, -1)
    return Seen(image, picture, row, decoded.key, (image.shape[2], decoded.dated))
