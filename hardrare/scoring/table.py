"""The table of scores: what metrics return, with what they declare, as `scores/1`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from hardrare import tables
from hardrare.metrics import registry

RECALL = b"hardrare.neighbour_recall"


class Declared(Protocol):
    """What a metric or a statistic says of itself."""

    unit: str
    harder: str
    source: str


def write_scores(
    path: Path,
    sample_id: np.ndarray,
    scores: dict[str, np.ndarray],
    recall: float = 1.0,
    declared: Mapping[str, Declared] | None = None,
    said: Mapping[bytes, bytes] | None = None,
) -> None:
    """Write scores as float32; unit, harder, source and reason travel in each field's metadata.

    Args:
        path: the file to write.
        sample_id: `(N,)`, ascending.
        scores: name of a registered metric, after `held_out_` or not, to its `(N,)` finite
            values; columns come in this order.
        recall: of the neighbour search behind them, kept as `hardrare.neighbour_recall` in
            the table's metadata where it was not exact.
        declared: what each name declares; None = the registered metrics.
        said: what else the table's metadata says.

    Raises:
        ValueError: a name is not registered, a length differs from N, or a value does not
            fit into float32.
    """
    known = registry() if declared is None else declared
    fields = [pa.field("sample_id", tables.ID)]
    arrays = [pa.array(np.asarray(sample_id, np.int32))]
    for name, values in scores.items():
        metric = name.removeprefix(tables.HELD_OUT)
        if metric not in known:
            raise ValueError(f"{name}: no such metric")
        narrow = _narrow(name, values, len(sample_id))
        about = known[metric]
        apart = "" if metric == name else "; by networks that never trained on the sample"
        metadata = {"unit": about.unit, "harder": about.harder, "source": about.source + apart}
        if reason := getattr(about, "reason", ""):  # a statistic of the appearance has none
            metadata["reason"] = reason
        fields.append(pa.field(name, tables.FLOAT, metadata=metadata))
        arrays.append(pa.array(narrow))
    stated = dict(said or {})
    if recall < 1:
        stated[RECALL] = f"{recall:.4f}".encode()
    tables.write(path, "scores/1", pa.Table.from_arrays(arrays, schema=pa.schema(fields)), stated)


def _narrow(name: str, values: np.ndarray, size: int) -> np.ndarray:
    """Values as float32."""
    values = np.asarray(values, np.float64)
    if values.shape != (size,) or not (np.abs(values) <= np.finfo(np.float32).max).all():
        raise ValueError(f"{name}: expected {size} values that are finite in float32")
    return values.astype(np.float32)
