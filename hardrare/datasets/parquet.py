"""Parquet in the layout of Hugging Face image datasets: encoded images beside labels."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hardrare.datasets._source import Source, Split, made_up_names, needed, numbered_classes
from hardrare.errors import InputError
from hardrare.tables import NO_RELATIVE_PATH

IMAGE_COLUMNS = ("img", "image")


def parquet(path: Path | None, name: str = "parquet") -> Source:
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
        InputError: no such file, unreadable or cut short, or of other columns.
    """
    root = needed(path, name)
    files = {split: _files(root, split) for split in ("train", "test")}
    if not any(files.values()):
        files["train"] = _files(root, None)
    if not files["train"]:
        raise InputError(
            f"{root}: holds no Parquet file to train on (train-*.parquet, train/*.parquet, "
            "or just *.parquet); set prepare.path to a file or folder that does."
        )
    tables = {split: _index(paths) for split, paths in files.items() if paths}
    classes = _classes(files["train"][0], list(tables.values()))
    splits = {
        split: Split(
            label=_label(table, classes),
            file_name=_file_names(table, f"{name}/{split}" if len(tables) > 1 else name),
            read=partial(_payloads, files[split]),
        )
        for split, table in tables.items()
    }
    return Source(splits["train"], splits.get("test"), classes)


def holds_parquet(path: Path) -> bool:
    """Whether a path is a Parquet file, or a folder with files to train on."""
    if path.is_file():
        return path.suffix == ".parquet"
    return bool(_files(path, "train") or _files(path, None))


def _files(root: Path, split: str | None) -> list[Path]:
    """The files of a split (None: of an unsplit dataset), in order of their names."""
    if root.is_file():
        return [] if split else [root]
    known = (f"{split}-*.parquet", f"{split}.parquet", f"{split}/*.parquet")
    patterns = known if split else ("*.parquet",)
    return next((paths for p in patterns if (paths := sorted(root.glob(p)))), [])


@contextmanager
def _opened(file: Path) -> Iterator[pq.ParquetFile]:
    """A Parquet file; what goes wrong in opening and reading it becomes one sentence."""
    try:
        with pa.OSFile(os.fsencode(file)) as stream, pq.ParquetFile(stream) as opened:
            yield opened
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split()).split(". ")[0].rstrip(".")
        raise InputError(f"{file}: no complete Parquet file ({reason}); fetch it again.") from None


def _image_field(opened: pq.ParquetFile, file: Path) -> pa.Field:
    """The column that holds the images: binary, or a struct with `bytes`."""
    schema = opened.schema_arrow
    for field in (schema.field(name) for name in IMAGE_COLUMNS if name in schema.names):
        inner = field.type
        if pa.types.is_struct(inner) and inner.get_field_index("bytes") >= 0:
            inner = inner.field("bytes").type
        if pa.types.is_binary(inner) or pa.types.is_large_binary(inner):
            return field
    raise InputError(
        f"{file}: has columns {', '.join(schema.names)}, expected img or image with encoded "
        "images (binary, or a struct of bytes and path); rename or convert it."
    )


def _index(files: Sequence[Path]) -> pa.Table:
    """`path` and `label` of every row, null where a file has none."""
    parts = []
    for file in files:
        with _opened(file) as opened:
            field = _image_field(opened, file)
            structured = pa.types.is_struct(field.type)
            has_path = structured and field.type.get_field_index("path") >= 0
            has_label = "label" in opened.schema_arrow.names
            absent = pa.nulls(opened.metadata.num_rows)
            read = opened.read(columns=[f"{field.name}.path"] * has_path + ["label"] * has_label)
            path = pc.struct_field(read.column(field.name), "path") if has_path else absent
            label = _plain(read.column("label"), file) if has_label else absent
            parts.append(pa.table({"path": path, "label": label}))
    return _joined(parts, files[0])


def _plain(label: pa.ChunkedArray, file: Path) -> pa.ChunkedArray:
    """A label column as int64 or string."""
    kind = label.type.value_type if pa.types.is_dictionary(label.type) else label.type
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return label.cast(pa.int64())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return label.cast(pa.string())
    raise InputError(f"{file}: label is {kind}, expected whole numbers or texts; convert it.")


def _joined(parts: Sequence[pa.Table], file: Path) -> pa.Table:
    """Tables below each other; a column of nulls takes the other's type."""
    try:
        return pa.concat_tables(parts, promote_options="default")
    except pa.ArrowException:
        raise InputError(
            f"{file}: its label is of another type than in the files beside it; convert one."
        ) from None


def _classes(file: Path, tables: list[pa.Table]) -> list[str]:
    """Class names: of the schema, or the texts themselves in order, or numbers."""
    label = _joined(tables, file).column("label")
    if pa.types.is_string(label.type):
        return sorted(label.drop_null().unique().to_pylist())
    with _opened(file) as opened:
        text = (opened.schema_arrow.metadata or {}).get(b"huggingface", b"{}")
    features = json.loads(text).get("info", {}).get("features", {})
    names = features.get("label", {}).get("names")
    return names or numbered_classes(label.cast(pa.int64()).fill_null(-1).to_numpy())


def _label(table: pa.Table, classes: list[str]) -> np.ndarray:
    """`(N,)` int64, -1 where unknown."""
    label = table.column("label")
    if pa.types.is_string(label.type):
        label = pc.index_in(label, pa.array(classes, pa.string()), skip_nulls=True)
    return label.cast(pa.int64()).fill_null(-1).to_numpy()


def _file_names(table: pa.Table, prefix: str) -> list[str]:
    """The recorded paths where they are relative and unique, otherwise made up."""
    path = table.column("path").cast(pa.string())
    if path.null_count or pc.count_distinct(path).as_py() < len(path):
        return made_up_names(prefix, len(path))
    if pc.any(pc.match_substring_regex(path, NO_RELATIVE_PATH)).as_py():
        return made_up_names(prefix, len(path))
    return path.to_pylist()


def _payloads(files: Sequence[Path], positions: np.ndarray) -> Iterator[bytes]:
    """The encoded images at ascending positions over all files; null gives no bytes."""
    start = 0
    for file in files:
        with _opened(file) as opened:
            field = _image_field(opened, file)
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
