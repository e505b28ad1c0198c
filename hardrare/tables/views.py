"""What networks that are not trained here leave: features of views; and clusters of features."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.files import column, read, write
from hardrare.tables.kinds import ID
from hardrare.tables.rolling import laid


def write_views(path: Path, sample_id: np.ndarray, views: np.ndarray) -> None:
    """Write `views (N, V, D)`, features of V augmented views of each sample, as float16."""
    n, count, width = views.shape
    kind = pa.list_(pa.float16(), count * width)
    if count * width:
        flat = pa.array(np.ascontiguousarray(views, np.float16).reshape(-1))
        rows = pa.FixedSizeListArray.from_arrays(flat, type=kind)
    else:  # pyarrow would divide by 0
        rows = pa.array([[]] * n, kind)
    table = pa.table({"sample_id": pa.array(sample_id, ID), "features": rows})
    write(path, "views/1", table, size=2 * n * count * width)


def read_views(path: Path, sample_id: np.ndarray, width: int) -> np.ndarray:
    """`views (N, V, D)` float16 of a frozen network, memory-mapped; V may be 0.

    Args:
        path: the table.
        sample_id: `(N,)` ids that it must hold.
        width: D, of the network's features.

    Raises:
        InputError: as `read`, or it holds other samples or features of another width.
    """
    table = read(path, "views/1")
    if not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: holds views of other samples; embed the images again.")
    size = table.schema.field("features").type.list_size
    if size % width:
        raise InputError(f"{path}: holds views of another network; embed the images again.")
    flat = [chunk.flatten().to_numpy() for chunk in table.column("features").chunks]
    values = flat[0] if flat else np.zeros(0, np.float16)
    if len(flat) > 1:
        values = laid(flat, np.float16, (len(sample_id) * size,))
    return values.reshape(len(sample_id), size // width, width)


def read_cluster_ids(path: Path, sample_id: np.ndarray) -> list[np.ndarray]:
    """The cluster ids (N,) of every clustering of a table.

    Args:
        path: the table.
        sample_id: `(N,)` ids that it must hold.

    Raises:
        InputError: as `read`, or it holds other samples, or no clustering.
    """
    table = read(path, "clusterings/1")
    if not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: holds other samples than the images; run cluster again.")
    if len(table.schema.names) < 2:
        raise InputError("cluster.clusters or cluster.repeats names no clustering; name one.")
    return [column(table, name) for name in table.schema.names[1:]]
