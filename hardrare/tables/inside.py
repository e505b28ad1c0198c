"""What lies inside a frozen network: neighbours at each depth, distances of patches."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.files import column, read, write
from hardrare.tables.kinds import ID, declare

INSIDE = declare(
    "inside/1",
    {
        "sample_id": ID,
        "depth_neighbours": None,  # L lists of k rows, the last depth last
        "patch_distance": None,  # P values, in units of the patches' features
    },
)
DEPTHS = b"hardrare.depths"  # how many lists there are


def write_inside(
    path: Path, sample_id: np.ndarray, depth_neighbours: np.ndarray, patch_distance: np.ndarray
) -> None:
    """Write `depth_neighbours (N, L, k)` and `patch_distance (N, P)`."""
    columns = [
        _rows(depth_neighbours.reshape(len(sample_id), -1), np.int32, pa.int32()),
        _rows(patch_distance, np.float32, pa.float32()),
    ]
    names = ["sample_id", "depth_neighbours", "patch_distance"]
    table = pa.table([pa.array(sample_id, ID), *columns], names=names)
    write(path, INSIDE, table, {DEPTHS: str(depth_neighbours.shape[1]).encode()})


def read_inside(path: Path, sample_id: np.ndarray) -> dict[str, np.ndarray]:
    """`depth_neighbours (N, L, k)` and `patch_distance (N, P)`, as metrics read them.

    Args:
        path: the table.
        sample_id: `(N,)` ids that it must hold.

    Raises:
        InputError: as `read`, or it holds other samples.
    """
    table = read(path, INSIDE).combine_chunks()
    if not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: holds other samples; run dissect again.")
    n, depths = len(sample_id), int(table.schema.metadata[DEPTHS])
    lists, patches = (
        table.column(name).combine_chunks().flatten().to_numpy().reshape(n, -1)
        for name in ("depth_neighbours", "patch_distance")
    )
    return {"depth_neighbours": lists.reshape(n, depths, -1), "patch_distance": patches}


def _rows(values: np.ndarray, kind: type, stored: pa.DataType) -> pa.FixedSizeListArray:
    flat = pa.array(np.ascontiguousarray(values, kind).reshape(-1))
    return pa.FixedSizeListArray.from_arrays(flat, type=pa.list_(stored, values.shape[1]))
