"""Parquet in the layout of Hugging Face image datasets: encoded images beside labels."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hardrare.datasets._columns import (
    class_names,
    classes_of,
    file_names,
    has_path,
    image_field,
    index_of,
    joined,
    label_name,
    numbers,
)
from hardrare.datasets._readable import readable
from hardrare.datasets._remote import Place, Remote
from hardrare.datasets._source import Source, Split, needed
from hardrare.errors import InputError
from hardrare.tables import Skipped


def parquet(path: Place | None, name: str = "parquet") -> Source:
    """Images from one Parquet file, or from a folder of them.

    A folder has `train-*.parquet` and `test-*.parquet`, or `train/` and `test/` with
    files of any name; the files of a folder without either are one unsplit dataset.
    The column `img` or `image` is a struct of `bytes` and `path`, or plain binary.
    `label` may be absent; whole numbers (class names from the schema where it has
    them) or texts; null = unknown. Pixels are read one row group at a time.

    Args:
        path: the file or folder.
        name: prefix of the file names made up where `path` is absent or not unique.

    Raises:
        InputError: no such file, none that is readable, or of other columns.
    """
    root = needed(path, name)
    files = {split: _files(root, split) for split in ("train", "test")}
    if not any(files.values()):
        files["train"] = _files(root, None)
    if not files["train"]:
        raise InputError(
            f"{root}: holds no Parquet file to train on (train-*.parquet, train/*.parquet, "
            "or just *.parquet); name a file or folder that does."
        )
    skipped: list[Skipped] = []
    base = root.parent if root.is_file() else root
    parts = {s: readable(paths, _index, base, skipped) for s, paths in files.items() if paths}
    files = {split: list(part) for split, part in parts.items()}
    tables = {split: joined(list(part.values()), root) for split, part in parts.items()}
    classes = _classes(files["train"][0], list(tables.values()))
    prefix = {split: f"{name}/{split}" if len(tables) > 1 else name for split in tables}
    splits = {
        split: Split(
            label=numbers(table.column("label"), classes),
            file_name=file_names(table.column("path"), prefix[split]),
            read=partial(_payloads, files[split]),
        )
        for split, table in tables.items()
    }
    return Source(splits["train"], splits.get("test"), classes, skipped)


def holds_parquet(path: Place) -> bool:
    """Whether a path is a Parquet file, or a folder with files to train on."""
    if path.is_file():
        return path.suffix == ".parquet"
    return bool(_files(path, "train") or _files(path, None))


def _files(root: Place, split: str | None) -> list[Place]:
    """The files of a split (None: of an unsplit dataset), in order of their names."""
    if root.is_file():
        return [] if split else [root]
    known = (f"{split}-*.parquet", f"{split}.parquet", f"{split}/*.parquet")
    patterns = known if split else ("*.parquet",)
    return next((paths for p in patterns if (paths := sorted(root.glob(p)))), [])


@contextmanager
def _opened(file: Place) -> Iterator[pq.ParquetFile]:
    """A Parquet file; what goes wrong in opening and reading it becomes one sentence."""
    try:
        opening = file.native() if isinstance(file, Remote) else pa.OSFile(os.fsencode(file))
        with opening as stream, pq.ParquetFile(stream) as opened:
            yield opened
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split()).split(". ")[0].rstrip(".")
        raise InputError(f"{file}: no complete Parquet file ({reason}); fetch it again.") from None


def _index(file: Place) -> pa.Table:
    """`path` and `label` of every row of a file, null where it has none."""
    with _opened(file) as opened:
        field, own = image_field(opened.schema_arrow, file), label_name(opened.schema_arrow)
        columns = [f"{field.name}.path"] * has_path(field) + ([own] if own else [])
        read = opened.read(columns=columns)
        return index_of(read, opened.schema_arrow, opened.metadata.num_rows, file)


def _classes(file: Place, tables: list[pa.Table]) -> list[str]:
    """Class names: of the schema, or the texts themselves in order, or numbers."""
    with _opened(file) as opened:
        schema = opened.schema_arrow
    names = class_names(schema.metadata, label_name(schema))
    return classes_of(joined(tables, file).column("label"), names)


def _payloads(files: Sequence[Place], positions: np.ndarray) -> Iterator[bytes]:
    """The encoded images at ascending positions over all files; null gives no bytes."""
    start = 0
    for file in files:
        with _opened(file) as opened:
            field = image_field(opened.schema_arrow, file)
            structured = pa.types.is_struct(field.type)
            for group in range(opened.num_row_groups):
                end = start + opened.metadata.row_group(group).num_rows
                here = positions[slice(*np.searchsorted(positions, (start, end)))] - start
                start = end
                if not len(here):
                    continue
                wanted = f"{field.name}.bytes" if structured else field.name
                rows = opened.read_row_group(group, columns=[wanted]).column(field.name)
                encoded = pc.struct_field(rows, "bytes") if structured else rows
                yield from encoded.take(here).fill_null(b"").to_pylist()
