"""What an image looks like, as columns that metrics read: no network is needed for it."""

from collections.abc import Mapping

import numpy as np

from hardrare.numerics.blocks import row_blocks

SIDE = 8  # of the thumbnails: coarse, so that an image moved by a pixel stays like itself
STATISTICS = ("brightness", "contrast", "gradient_energy", "compressed_size", "saturation")


def appearance_columns(
    image: np.ndarray, scores: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """What metrics of the appearance read.

    `features (N, D)` are an image's coarse pattern, `statistics (N, Q)` some scores of its
    pixels, and `packed (N,)` is its length as PNG over its length as it is.

    Args:
        image: (N, H, W, C) uint8.
        scores: of the pixels by name, of them all of `STATISTICS`.
    """
    statistics = np.stack([scores[name] for name in STATISTICS], axis=1)
    packed = scores["compressed_size"] / max(image[:1].size, 1)
    return {"features": thumbnails(image), "statistics": statistics, "packed": packed}


def thumbnails(image: np.ndarray) -> np.ndarray:
    """Means over a grid of cells, less the image's own mean: brightness does not count.

    Args:
        image: (N, H, W, C) uint8.

    Returns:
        (N, D) float32, D = at most 8 x 8 x C; all 0 for an image of one colour.
    """
    n, height, width, _ = image.shape
    rows, columns = _edges(height), _edges(width)
    sizes = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))[:, :, None]
    made = np.empty((n, len(rows) * len(columns) * image.shape[3]), np.float32)
    for block in row_blocks(n, 8 * image[:1].size):
        part = image[block].astype(np.float64)
        cells = np.add.reduceat(np.add.reduceat(part, rows, axis=1), columns, axis=2) / sizes
        cells -= cells.mean(axis=(1, 2, 3), keepdims=True)
        made[block] = np.round(cells, 6).reshape(len(part), -1)
    return made


def _edges(length: int) -> np.ndarray:
    """First pixel of each cell along a side."""
    cells = min(SIDE, length)
    return np.arange(cells) * length // cells
