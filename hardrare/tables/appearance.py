"""What one look at each file told: facts, hashes and statistics, a row for each sample."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.files import column, read, write
from hardrare.tables.kinds import FLOAT, KINDS

_FIXED = [name for name in KINDS["appearance/1"] if name is not ...]
FACTS = tuple(_FIXED[2:])  # facts of a file, in their order
RANGE = b"hardrare.range"  # which values of wide pixels are black and white, in words


class Declared(Protocol):
    """What a column says of itself."""

    unit: str
    harder: str
    source: str


def write_appearance(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    statistics: Mapping[str, Declared],
    metadata: Mapping[bytes, bytes] | None = None,
) -> None:
    """Write the rows in the order of the samples, ids from 0 up.

    Args:
        path: the file to write.
        rows: `part`, the facts that are known, and every statistic.
        statistics: the columns after the facts, and what they declare.
        metadata: of the table, for example `RANGE`.
    """
    kinds = KINDS["appearance/1"]
    fields = [pa.field(name, kinds[name]) for name in _FIXED]
    columns = [pa.array(np.arange(len(rows), dtype=np.int32))]
    columns += [pa.array([row.get(n) for row in rows], kinds[n]) for n in _FIXED[1:]]
    for name, declared in statistics.items():
        told = {"unit": declared.unit, "harder": declared.harder, "source": declared.source}
        fields.append(pa.field(name, FLOAT, metadata=told))
        columns.append(pa.array(np.array([row[name] for row in rows], np.float32)))
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields))
    write(path, "appearance/1", table, metadata)


def read_appearance(path: Path, sample_id: np.ndarray | None = None) -> pa.Table:
    """The table `appearance/1`.

    Args:
        path: the table.
        sample_id: `(N,)` ids that it must hold, where another table has been read before.

    Raises:
        InputError: as `read`, or it is of other samples.
    """
    table = read(path, "appearance/1")
    if sample_id is not None and not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: is of other samples than the images; run prepare again.")
    return table
