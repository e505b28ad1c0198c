"""Thumbnails: a small WebP for each shown sample in the picture's own aspect, larger ones of some.

All of them together keep to a budget: quality gives way first, then size. Measured on photographs,
160 pixels at quality 75 take 4 kB, 320 pixels 12 kB. Encoding is most of what the page costs, so
large ones are packed quickly: 3.2 ms of one core in place of 5.6, for a quarter more bytes.
"""

import io
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from hardrare.pictures import Pictures

TINY = 32  # pixels: pictures up to this side are kept without loss
QUALITIES = (75, 60, 45, 30, 15)
THOROUGH, SMALL = 2, 160  # WebP's method, and the side in pixels up to which it is used; else 0
TRIED = 48  # thumbnails by which the bytes of all are estimated
Remember = Callable[[str, Callable[[], bytes]], bytes]


def anew(key: str, make: Callable[[], bytes]) -> bytes:  # noqa: ARG001
    """What is made now, whatever was made before."""
    return make()


def thumbnails(
    pictures: Pictures, rows: np.ndarray, side: int, budget: int, remember: Remember = anew
) -> list[bytes]:
    """WebP files, longest side at most `side`; a smaller picture is not enlarged.

    Args:
        pictures: of N samples.
        rows: the samples `(M,)`.
        side: in pixels.
        budget: bytes of all thumbnails; quality, then size give way until they fit.
        remember: as `hardrare.again.remembered` gives it.
    """
    tried = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), TRIED)).astype(int))
    quality = QUALITIES[-1]
    for quality in QUALITIES:
        if _bytes(_made(pictures, rows[tried], side, quality, remember)) * len(
            rows
        ) <= budget * len(tried):
            break
    made = _made(pictures, rows, side, quality, remember)
    while _bytes(made) > budget and side > 16:
        side = max(side * 2 // 3, 16)
        made = _made(pictures, rows, side, quality, remember)
    return made


def larger(
    pictures: Pictures,
    rows: np.ndarray,
    order: np.ndarray,
    side: int,
    than: int,
    budget: int,
    remember: Remember = anew,
) -> dict[int, bytes]:
    """Larger WebP files of as many as there is room for.

    Args:
        pictures: of N samples.
        rows: the samples `(M,)`.
        order: `(M,)` places in `rows`, those who come first before.
        side: in pixels.
        than: the side of the thumbnails; nothing is made where pictures are no larger.
        budget: bytes of all.
        remember: as in `thumbnails`.

    Returns:
        Place in `rows` to WebP file.
    """
    if side <= than or not len(rows) or max(pictures.longest(int(rows[0]), side).shape) <= than:
        return {}
    by_row, block = {}, 64
    for start in range(0, len(order), block):
        places = order[start : start + block]
        made = _made(pictures, rows[places], side, QUALITIES[0], remember)
        budget -= _bytes(made)
        if budget < 0:
            break
        by_row |= dict(zip(places.tolist(), made, strict=True))
    return by_row


def _bytes(files: Sequence[bytes]) -> int:
    return sum(map(len, files))


def _made(
    pictures: Pictures, rows: np.ndarray, side: int, quality: int, remember: Remember
) -> list[bytes]:
    def thumbnail(row: int) -> bytes:
        if not pictures.whole:  # of small images of one size, which digests do not tell
            return _webp(pictures, row, side, quality)
        key = f"{pictures.digest(row)} {side} {quality}"
        return remember(key, lambda: _webp(pictures, row, side, quality))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(thumbnail, rows.tolist()))


def _webp(pictures: Pictures, row: int, side: int, quality: int) -> bytes:
    pixels = pictures.longest(row, side, enough=1)
    file = io.BytesIO()
    lossless = max(pixels.shape[:2]) <= TINY
    method = THOROUGH if side <= SMALL else 0
    Image.fromarray(pixels).save(file, "WEBP", quality=quality, lossless=lossless, method=method)
    return file.getvalue()
