"""Arrow IPC files: written whole or not at all, read memory-mapped and checked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables.kinds import FLOAT, KINDS, TABLE, TEXT

LARGE = pa.ipc.IpcWriteOptions(allow_64bit=True)  # a batch of images has over 2**31 values


@contextmanager
def complete(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that becomes `path` if the block succeeds, else vanishes."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def writer(
    path: Path, kind: str, schema: pa.Schema, metadata: Mapping[bytes, bytes] | None = None
) -> Iterator[pa.RecordBatchFileWriter]:
    """An Arrow IPC writer for record batches of a kind of table.

    Raises:
        ValueError: the schema is not that of the kind.
    """
    fixed = [name for name in KINDS[kind] if name is not ...]
    rest = schema.names[len(fixed) :]
    if schema.names[: len(fixed)] != fixed or (rest and ... not in KINDS[kind]):
        raise ValueError(f"{kind} has columns {fixed}, got {schema.names}")
    for name in fixed:
        if KINDS[kind][name] not in (None, schema.field(name).type):
            raise ValueError(f"{kind}.{name} is {KINDS[kind][name]}, got {schema.field(name).type}")
    schema = schema.with_metadata({TABLE: kind.encode(), **(metadata or {})})
    with (
        complete(path) as part,
        pa.OSFile(str(part), "wb") as sink,
        pa.ipc.new_file(sink, schema, options=LARGE) as out,
    ):
        yield out


def write(
    path: Path, kind: str, table: pa.Table, metadata: Mapping[bytes, bytes] | None = None
) -> None:
    """Write a whole table of a kind as one record batch."""
    with writer(path, kind, table.schema, metadata) as out:
        out.write_table(table.combine_chunks())


def write_rows(
    path: Path,
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    metadata: Mapping[bytes, bytes] | None = None,
) -> None:
    """Write a table of a fixed kind from a list of rows; absent keys are null."""
    schema = pa.schema([(name, t) for name, t in KINDS[kind].items() if name is not ...])
    extra = sorted({name for row in rows for name in row} - set(schema.names))
    for name in extra:
        first = next((row[name] for row in rows if row.get(name) is not None), None)
        schema = schema.append(pa.field(name, TEXT if isinstance(first, str) else FLOAT))
    write(path, kind, pa.Table.from_pylist(list(rows), schema=schema), metadata)


def read(path: Path, kind: str) -> pa.Table:
    """A table, memory-mapped.

    Raises:
        InputError: absent, no Arrow file, cut short, or of another kind or version.
    """
    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except FileNotFoundError:
        raise InputError(f"{path}: no such table; run the stage that writes it.") from None
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).split(". ")[0]
        raise InputError(
            f"{path}: not a complete Arrow file ({reason}); delete it and run its stage again."
        ) from None
    found = (table.schema.metadata or {}).get(TABLE, b"unnamed").decode()
    if found != kind:
        raise InputError(f"{path}: holds a {found} table, expected {kind}; run its stage again.")
    return table


def column(table: pa.Table, name: str) -> np.ndarray:
    """A column as a NumPy array; nulls of a float column become NaN."""
    return table.column(name).to_numpy(zero_copy_only=False)
