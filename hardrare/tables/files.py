"""Arrow IPC files: written whole or not at all, read memory-mapped and checked.

Two of three values of a frozen network's features are 0: compressed they take four tenths of the
room. Small tables of them are therefore compressed; large ones stay as they are, to be mapped.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.tables import rolling
from hardrare.tables.kinds import FLOAT, KINDS, MAPPED, TABLE, TEXT
from hardrare.tables.seal import FOOTER, seal, sealed

LEVEL = 15  # of compression: numbers are written once, and pulled and kept many times
QUICK = 3  # the same where a table could be large
SMALL = 1 << 25  # bytes up to which a table of features is compressed, and read as a whole


@contextmanager
def complete(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that becomes `path` if the block succeeds, else vanishes."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        if part.is_dir():
            rolling.remove(path)
        part.replace(path)
    finally:
        rolling.remove(part)


@contextmanager
def writer(
    path: Path,
    kind: str,
    schema: pa.Schema,
    metadata: Mapping[bytes, bytes] | None = None,
    size: int | None = None,
) -> Iterator[Any]:
    """An Arrow IPC writer for record batches of a kind of table.

    Of some kinds a table of many rows becomes a folder of files (see `rolling`).

    Args:
        path: the file.
        kind: of table.
        schema: of the batches.
        metadata: beside the schema.
        size: bytes of a batch, where a small table of a kind that is mapped may be compressed.

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
    open_file = partial(_one_file, schema=schema, compression=_compression(kind, size))
    if not kind.startswith(rolling.KINDS):
        with complete(path) as part, open_file(part) as out:
            yield out
        return
    with _folder_beside(Path(path)) as folder:
        rows = rolling.Rolling(folder, open_file)
        try:
            yield rows
        except BaseException as error:
            with suppress(OSError):  # of a full disk, once more
                rows.close(type(error), error, error.__traceback__)
            raise
        rows.close()
        rolling.put(folder, Path(path))


@contextmanager
def _one_file(
    path: Path, schema: pa.Schema, compression: pa.Codec | None
) -> Iterator[pa.RecordBatchFileWriter]:
    """A writer of one file, sealed at its end."""
    options = pa.ipc.IpcWriteOptions(
        allow_64bit=True,  # a batch of images has over 2**31 values
        compression=compression,
    )
    with (
        pa.OSFile(os.fsencode(path), "wb") as sink,
        pa.ipc.new_file(sink, schema, options=options, metadata=FOOTER) as out,
    ):
        yield out
    seal(path)


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """An empty folder beside a table to be; what is left of it at the end goes."""
    part = path.with_name(f".{path.name}.parts")
    rolling.remove(part)
    part.mkdir(parents=True)
    try:
        yield part
    finally:
        rolling.remove(part)


def _compression(kind: str, size: int | None) -> pa.Codec | None:
    if not kind.startswith(MAPPED):
        return pa.Codec("zstd", LEVEL)
    return None if size is None or size > SMALL else pa.Codec("zstd", QUICK)


def write(
    path: Path,
    kind: str,
    table: pa.Table,
    metadata: Mapping[bytes, bytes] | None = None,
    size: int | None = None,
) -> None:
    """Write a whole table of a kind as one record batch; `size` as in `writer`."""
    with writer(path, kind, table.schema, metadata, size) as out:
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
    """A table, memory-mapped; of a folder all of its files.

    Raises:
        InputError: absent, no Arrow file, cut short, changed since it was written, or of
            another kind or version.
    """
    try:
        has_seal, files = sealed(Path(path)), rolling.files_of(Path(path))
        opened = [pa.ipc.open_file(pa.memory_map(os.fsencode(file))) for file in files]
        stated = (opened[0].schema.metadata or {}).get(TABLE, b"foreign").decode()
        if stated == kind and has_seal:
            return _spelt_out(pa.concat_tables([reader.read_all() for reader in opened]))
    except FileNotFoundError:
        raise InputError(f"{path}: no such table; run the stage that writes it.") from None
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).split(". ")[0]
        raise InputError(
            f"{path}: not an intact Arrow file ({reason}); delete it and run its stage again."
        ) from None
    if stated != kind:
        raise InputError(f"{path}: holds a {stated} table, expected {kind}; run its stage again.")
    raise InputError(f"{path}: lacks its checksum; delete it and run its stage again.")


def _spelt_out(table: pa.Table) -> pa.Table:
    """A table with texts for the numbers that stand for them in the file."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            texts = table.column(i).cast(field.type.value_type)
            table = table.set_column(i, field.with_type(field.type.value_type), texts)
    return table


def column(table: pa.Table, name: str) -> np.ndarray:
    """A column as a NumPy array; nulls of a float column become NaN."""
    return table.column(name).to_numpy(zero_copy_only=False)
