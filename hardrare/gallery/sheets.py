"""Thumbnails on sheets: JPEGs of many small images, as texts that a page can hold."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

ACROSS, ON_SHEET = 32, 1024  # tiles
CELL = 8  # a JPEG's block: tiles of whole blocks do not bleed into each other
QUALITIES = (85, 70, 50, 30, 15)


@dataclass(frozen=True)
class Sheets:
    """Data URIs of JPEGs, each `across` tiles wide, in the order of the samples."""

    uris: list[str]
    tile: int
    across: int
    on_sheet: int


def sheets(image: np.ndarray, rows: np.ndarray, largest: int, budget: int) -> Sheets:
    """Thumbnails of some samples.

    Args:
        image: `(N, H, W, C)` uint8.
        rows: the samples `(M,)`.
        largest: side of a tile at most, in pixels; a smaller image is not enlarged.
        budget: bytes of all sheets; quality gives way until they fit.
    """
    tile = -(-min(largest, max(image.shape[1:3])) // CELL) * CELL
    pages = [
        _sheet(image, rows[start : start + ON_SHEET], tile)
        for start in range(0, len(rows), ON_SHEET)
    ]
    encoded: list[bytes] = []
    for quality in QUALITIES:
        encoded = [_jpeg(one, quality) for one in pages]
        if sum(map(len, encoded)) <= budget:
            break
    uris = [f"data:image/jpeg;base64,{base64.b64encode(one).decode()}" for one in encoded]
    return Sheets(uris, tile, ACROSS, ON_SHEET)


def _sheet(image: np.ndarray, rows: np.ndarray, tile: int) -> Image.Image:
    """One sheet; an image that is not square stands in the middle of its tile."""
    page = Image.new("RGB", (ACROSS * tile, -(-len(rows) // ACROSS) * tile), "#808080")
    for at, row in enumerate(rows):
        pixels = image[row]
        one = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).convert("RGB")
        shrink = min(1.0, tile / max(one.size))
        size = tuple(max(1, round(side * shrink)) for side in one.size)
        one = one if size == one.size else one.resize(size, Image.Resampling.LANCZOS)
        left, top = (at % ACROSS) * tile, at // ACROSS * tile
        page.paste(one, (left + (tile - size[0]) // 2, top + (tile - size[1]) // 2))
    return page


def _jpeg(page: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    page.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()
