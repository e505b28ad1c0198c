"""Thumbnails: one small WebP for each shown sample, in the picture's own aspect."""

import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from hardrare.pictures import Pictures

SMALL = 64  # pixels: samples that only a map shows; smaller pictures are kept without loss
QUALITIES = (75, 60, 45, 30, 15)
TRIED = 48  # thumbnails by which the bytes of all are estimated


def thumbnails(
    pictures: Pictures, rows: np.ndarray, large: np.ndarray, side: int, budget: int
) -> list[bytes]:
    """WebP files, longest side at most `side`; a smaller picture is not enlarged.

    Args:
        pictures: of N samples.
        rows: the samples `(M,)`.
        large: `(M,)` bool, which of them a gallery may show; the others are at most 64 pixels.
        side: in pixels.
        budget: bytes of all thumbnails; quality, then size give way until they fit.
    """
    sides = np.where(large, side, min(side, SMALL))
    tried = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), TRIED)).astype(int))
    quality = QUALITIES[-1]
    for quality in QUALITIES:
        size = sum(map(len, _made(pictures, rows[tried], sides[tried], quality)))
        if size * len(rows) <= budget * len(tried):
            break
    made = _made(pictures, rows, sides, quality)
    while sum(map(len, made)) > budget and sides.max() > 16:
        sides = np.maximum(sides * 2 // 3, 16)
        made = _made(pictures, rows, sides, quality)
    return made


def _made(pictures: Pictures, rows: np.ndarray, sides: np.ndarray, quality: int) -> Sequence[bytes]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda k: _webp(pictures, rows[k], sides[k], quality),
                             range(len(rows))))  # fmt: skip


def _webp(pictures: Pictures, row: int, side: int, quality: int) -> bytes:
    pixels = pictures.longest(int(row), int(side))
    file = io.BytesIO()
    lossless = max(pixels.shape[:2]) <= SMALL // 2
    Image.fromarray(pixels).save(file, "WEBP", quality=quality, lossless=lossless, method=2)
    return file.getvalue()
