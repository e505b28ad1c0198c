"""How warm each part of an image is: the share of the difference that stands there."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from hardrare.counting import Count
from hardrare.explanation.directions import Asked
from hardrare.explanation.maps import LastMap

Squares = Callable[[np.ndarray, int], np.ndarray]
Remember = Callable[[str, Callable[[], bytes]], bytes]


def anew(key: str, make: Callable[[], bytes]) -> bytes:  # noqa: ARG001
    """What is made now, whatever was made before."""
    return make()


def grids(
    squares: Squares,
    maps: LastMap | None,
    wanted: Mapping[str, Asked],
    sample_id: np.ndarray,
    side: int,
    digest: Callable[[int], str] = str,
    remember: Remember = anew,
) -> pa.Table:
    """The warm parts of images as "heat/1".

    Args:
        squares: as in `warm`.
        maps: as in `warm`; None where nothing is wanted.
        wanted: axis to what to explain.
        sample_id: `(N,)`.
        side: pixels.
        digest: as in `warm`.
        remember: as in `warm`.
    """
    rows: list[tuple[int, str, bytes]] = []
    said = Count("explain", sum(len(asked.rows) for asked in wanted.values()))
    for axis, asked in wanted.items():
        ids = sample_id[asked.rows].tolist()
        made = warm(squares, maps, asked, side, digest, remember, said.more) if maps else []
        rows += [(at, axis, grid) for at, grid in zip(ids, made, strict=True)]
    kinds = {"sample_id": pa.int32(), "axis": pa.string(), "heat": pa.binary()}
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds.values(), strict=True)]
    return pa.table(arrays, names=list(kinds))


def warm(
    squares: Squares,
    maps: LastMap,
    asked: Asked,
    side: int,
    digest: Callable[[int], str] = str,
    remember: Remember = anew,
    said: Callable[[], object] = lambda: None,
) -> list[bytes]:
    """The warm parts of some images; 255 is the warmest of each, 0 what speaks against it.

    Args:
        squares: gives pictures (B, side, side, 3) uint8 of some rows.
        maps: gives their last maps of features.
        asked: P images and their directions.
        side: pixels.
        digest: of what a row's picture shows.
        remember: as `hardrare.again.remembered` gives it: a picture whose direction and origin
            are as before is not looked at again.
        said: is called after each image.

    Returns:
        Of each image `(h, w)` uint8, as bytes.
    """

    def grid_of(at: int) -> bytes:
        row = asked.rows[at : at + 1]
        asks = blake2b(asked.direction[at].tobytes() + asked.origin[at].tobytes(), digest_size=16)
        key = f"{digest(int(row[0]))} {asks.hexdigest()}"
        return remember(key, lambda: _grid(maps(squares(row, side))[0], asked, at))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = []
        for grid in pool.map(grid_of, range(len(asked.rows))):
            made.append(grid)
            said()
        return made


def _grid(features: np.ndarray, asked: Asked, at: int) -> bytes:
    """The share of the difference at each position of a map `(D, h, w)`, largest 255."""
    away = features - asked.origin[at, :, None, None]
    share = np.einsum("dhw,d->hw", away, asked.direction[at], dtype=np.float64)
    share = np.maximum(share, 0)
    most = share.max()
    return np.rint(255 * (share / most) if most > 0 else share).astype(np.uint8).tobytes()
