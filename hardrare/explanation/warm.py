"""How warm each part of an image is: the share of the difference that stands there."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from hardrare.explanation.directions import Asked
from hardrare.explanation.maps import LastMap

AT_ONCE = 4  # images in a pass
Squares = Callable[[np.ndarray, int], np.ndarray]


def grids(
    squares: Squares,
    maps: LastMap | None,
    wanted: Mapping[str, Asked],
    sample_id: np.ndarray,
    side: int,
) -> pa.Table:
    """The warm parts of images as "heat/1".

    Args:
        squares: as in `warm`.
        maps: as in `warm`; None where nothing is wanted.
        wanted: axis to what to explain.
        sample_id: `(N,)`.
        side: pixels.
    """
    rows: list[tuple[int, str, bytes]] = []
    for axis, one in wanted.items():
        ids = sample_id[one.rows].tolist()
        made = warm(squares, maps, one, side) if maps else []
        rows += [(at, axis, grid.tobytes()) for at, grid in zip(ids, made, strict=True)]
    kinds = {"sample_id": pa.int32(), "axis": pa.string(), "heat": pa.binary()}
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    arrays = [pa.array(one, kind) for one, kind in zip(columns, kinds.values(), strict=True)]
    return pa.table(arrays, names=list(kinds))


def warm(squares: Squares, maps: LastMap, asked: Asked, side: int) -> np.ndarray:
    """The warm parts of some images; 255 is the warmest of each, 0 what speaks against it.

    Args:
        squares: gives pictures (B, side, side, 3) uint8 of some rows.
        maps: gives their last maps of features.
        asked: P images and their directions.
        side: pixels.

    Returns:
        `(P, h, w)` uint8.
    """

    def block(start: int) -> np.ndarray:
        part = slice(start, start + AT_ONCE)
        found = maps(squares(asked.rows[part], side))
        away = found - asked.origin[part, :, None, None]
        return np.einsum("pdhw,pd->phw", away, asked.direction[part], dtype=np.float64)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = list(pool.map(block, range(0, len(asked.rows), AT_ONCE)))
    if not made:
        return np.empty((0, 1, 1), np.uint8)
    share = np.maximum(np.concatenate(made), 0)
    most = share.max(axis=(1, 2), keepdims=True)
    return np.rint(255 * np.divide(share, most, out=share, where=most > 0)).astype(np.uint8)
