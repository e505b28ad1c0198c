"""The tables of a study in few files of limited size: what a machine that is handed back leaves.

Scores come first, then what is small, then dynamics, as far as the room goes. Floats are rounded
to 10 bits of their mantissa (relative error at most 4.9e-4), which keeps every ranking but for
near ties and takes half the space.
"""

import io
import os
import tarfile
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hardrare.numerics.rounding import rounded

LEVEL = 9  # of compression: the machine is lent by the second
FILES = 4
HEAD = 2048  # bytes of a file in a tar beside its own, at most
ORDER = (
    "params.yaml", "provenance.yaml", "logs", "data/accuracy", "data/verdicts", "data/injected",
    "data/representation.arrow", "data/scores", "data/subsets", "data/dynamics",
)  # fmt: skip


def pack(work: Path, out: Path, most: float) -> list[Path]:
    """Write `study-0.tar`, ... of what a study's folder holds.

    Args:
        work: the folder.
        out: where the files go.
        most: MiB of each of at most four; what does not fit is left out, the last first.

    Returns:
        The files.
    """
    out.mkdir(parents=True, exist_ok=True)
    left = [int(most * (1 << 20))] * FILES
    made = [out / f"study-{i}.tar" for i in range(FILES)]
    with ExitStack() as stack:
        tars = [stack.enter_context(tarfile.open(path, "w")) for path in made]
        for path in _wanted(work):
            name, data = _packed(path)
            size = len(data) + HEAD
            at = next((i for i, room in enumerate(left) if room > size), None)
            if at is None:
                print(f"left out {path.relative_to(work)}: {size >> 10} KiB", flush=True)
                continue
            info = tarfile.TarInfo(str(path.relative_to(work).with_name(name)))
            info.size = len(data)
            tars[at].addfile(info, io.BytesIO(data))
            left[at] -= size
    return made


def _wanted(work: Path) -> list[Path]:
    """Every file of the parts of `ORDER`, in that order."""
    paths = []
    for part in ORDER:
        path = work / part
        paths += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return [path for path in paths if path.exists()]


def read_arrow(path: Path) -> pa.Table:
    """A table of any kind, memory-mapped, without images."""
    with pa.memory_map(os.fsencode(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    return table.drop_columns([name for name in ("image",) if name in table.column_names])


def write_parquet(target: Path | io.BytesIO, table: pa.Table, level: int) -> None:
    """A table as Parquet, floats with their bytes apart, which compress better so.

    Args:
        target: a file.
        table: of any kind.
        level: of compression.
    """
    floats = [f.name for f in table.schema if pa.types.is_floating(f.type)]
    pq.write_table(
        table, target, compression="zstd", compression_level=level, use_byte_stream_split=floats,
        use_dictionary=[f.name for f in table.schema if f.name not in floats],
    )  # fmt: skip


def _packed(path: Path) -> tuple[str, bytes]:
    """A file's name and bytes; an Arrow table as Parquet, without images, floats rounded."""
    if path.suffix != ".arrow":
        return path.name, path.read_bytes()
    table = read_arrow(path)
    arrays = [
        pa.array(rounded(column.to_numpy())) if pa.types.is_floating(column.type) else column
        for column in table.columns
    ]
    fields = [field.with_type(a.type) for field, a in zip(table.schema, arrays, strict=True)]
    sink = io.BytesIO()
    write_parquet(sink, pa.table(arrays, schema=pa.schema(fields, table.schema.metadata)), LEVEL)
    return path.with_suffix(".parquet").name, sink.getvalue()
