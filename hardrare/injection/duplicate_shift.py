"""An image once more, moved by some pixels."""

import numpy as np

from hardrare.injection._formula import Formula, Row
from hardrare.injection._registry import COPIED, artefact

STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0))


def _from_nearest(a: np.ndarray, _: np.ndarray, after: np.ndarray, row: Row) -> float:
    """How far a copy lies from the nearest of the four ways in which it may have been moved."""
    by = round(row["strength"])
    wide = np.pad(a, ((by, by), (by, by), (0, 0)), mode="edge")
    corners = ((by, 0), (by, 2 * by), (0, by), (2 * by, by))
    moved = [wide[y : y + a.shape[0], x : x + a.shape[1]] for y, x in corners]
    return min(float(np.abs(after - candidate).max()) for candidate in moved)


@artefact(
    "moved copy",
    "the image added once more, moved",
    Formula(_from_nearest),
    strength="pixels that the copy is moved by, a whole number",
    unit="pixels",
    low=0.5,
    copies=True,
    note=COPIED,
)
def duplicate_shift(image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """The image moved right, left, down or up; what comes in repeats the edge.

    Args:
        image: `(H, W, C)` uint8.
        strength: pixels, rounded to a whole number.
        rng: the source of chance, for the direction.

    Returns:
        `(H, W, C)` uint8, exact.

    >>> row = np.array([[[1], [2], [3]]], np.uint8)
    >>> duplicate_shift(row, 1, np.random.default_rng(1)).ravel().tolist()  # left
    [2, 3, 3]
    """
    down, right = (round(strength) * step for step in STEPS[rng.integers(4)])
    rows = (np.arange(image.shape[0]) - down).clip(0, image.shape[0] - 1)
    columns = (np.arange(image.shape[1]) - right).clip(0, image.shape[1] - 1)
    return image[rows][:, columns]
