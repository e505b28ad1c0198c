"""How wide edges are, at a picture's own resolution or at a quarter of it."""

import numpy as np

SIDE = 16  # pixels of a block
SPAN = 20.0  # grey levels from the darkest to the brightest pixel of a block with an edge
SHARPEST = 0.05  # share of such blocks that is taken
FEW = 3  # blocks below which there are no edges to judge by
QUARTER = 4  # pixels of a side that become one


def widths(tiles: np.ndarray) -> np.ndarray:
    """Width (B,) of the sharpest edges of (B, M, h, w), pixels; 0 where there are too few."""
    height, width = (n // SIDE for n in tiles.shape[2:])
    if min(height, width) < 1 or not len(tiles):
        return np.zeros(len(tiles))
    cut = tiles[..., : height * SIDE, : width * SIDE]
    span = _over_blocks(cut, np.maximum) - _over_blocks(cut, np.minimum)
    step = np.maximum(*(_over_blocks(_steps(cut, axis), np.maximum) for axis in (2, 3)))
    least = np.maximum(SPAN, _deviations(tiles))
    made = np.zeros(len(tiles))
    for at, edged in enumerate(span >= least[:, None]):
        if edged.sum() >= FEW:
            made[at] = np.quantile(span[at, edged] / np.maximum(step[at, edged], 1), SHARPEST)
    return made


def quartered(tiles: np.ndarray) -> np.ndarray:
    """Tiles (B, M, h // 4, w // 4) int16: means of 4 x 4 pixels; the rim that is left is cut."""
    count, many, height, width = tiles.shape
    rows, columns = height // QUARTER, width // QUARTER
    cut = tiles[..., : rows * QUARTER, : columns * QUARTER]
    blocks = cut.reshape(count, many, rows, QUARTER, columns, QUARTER)
    total = blocks.sum(axis=5, dtype=np.int16).sum(axis=3, dtype=np.int16)
    return (total + QUARTER**2 // 2) // QUARTER**2


def _deviations(tiles: np.ndarray) -> np.ndarray:
    """Standard deviation of each picture's levels (B, M, h, w), (B,): its sums are exact."""
    flat = tiles.reshape(len(tiles), -1).astype(np.float64)
    squares = np.einsum("bp,bp->b", flat, flat) / flat.shape[1]
    return np.sqrt(np.maximum(squares - (flat.sum(axis=1) / flat.shape[1]) ** 2, 0))


def _over_blocks(values: np.ndarray, of: np.ufunc) -> np.ndarray:
    """The largest or least of each block of (B, M, h, w), (B, blocks)."""
    count, many, height, width = values.shape
    # One axis after the other: both at a time take ten times as long.
    rows = of.reduce(values.reshape(count, many, height // SIDE, SIDE, width), axis=3)
    return of.reduce(rows.reshape(count, -1, SIDE), axis=2)


def _steps(cut: np.ndarray, axis: int) -> np.ndarray:
    """Differences of neighbours along an axis, of one shape with the pixels; 0 between blocks."""
    steps = np.zeros_like(cut)
    inner = (slice(None),) * axis
    following, before = (cut[*inner, some] for some in (slice(1, None), slice(-1)))
    here = steps[*inner, :-1]
    np.subtract(following, before, out=here)
    np.abs(here, out=here)
    steps[*inner, SIDE - 1 :: SIDE] = 0
    return steps
