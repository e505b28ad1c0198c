"""Columns of image datasets as Hugging Face lays them: encoded images beside labels, in Arrow."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hardrare.datasets._source import made_up_names, numbered_classes
from hardrare.errors import InputError
from hardrare.tables import NO_RELATIVE_PATH

IMAGES = ("img", "image", "jpg", "jpeg", "png", "webp")
LABELS = ("label", "labels", "class", "fine_label")  # the first that is there


def image_field(schema: pa.Schema, where: object) -> pa.Field:
    """The column that holds the images: binary, or a struct with `bytes`.

    Raises:
        InputError: there is none.
    """
    for field in (schema.field(name) for name in IMAGES if name in schema.names):
        inner = field.type
        if pa.types.is_struct(inner) and inner.get_field_index("bytes") >= 0:
            inner = inner.field("bytes").type
        if pa.types.is_binary(inner) or pa.types.is_large_binary(inner):
            return field
    raise InputError(
        f"{where}: has columns {', '.join(schema.names)}, expected img or image with encoded "
        "images (binary, or a struct of bytes and path); rename or convert it."
    )


def label_name(schema: pa.Schema) -> str | None:
    """The column of labels, None where there is none."""
    return next((name for name in LABELS if name in schema.names), None)


def plain_label(label: pa.ChunkedArray, where: object) -> pa.ChunkedArray:
    """A label column as int64 or string.

    Raises:
        InputError: it is of another type.
    """
    kind = label.type.value_type if pa.types.is_dictionary(label.type) else label.type
    if pa.types.is_integer(kind) or pa.types.is_null(kind) or pa.types.is_boolean(kind):
        return label.cast(pa.int64())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return label.cast(pa.string())
    raise InputError(f"{where}: label is {kind}, expected whole numbers or texts; convert it.")


def has_path(field: pa.Field) -> bool:
    """Whether a column of images also records where they lie."""
    return pa.types.is_struct(field.type) and field.type.get_field_index("path") >= 0


def index_of(table: pa.Table, schema: pa.Schema, rows: int, where: object) -> pa.Table:
    """`path` and `label` of every row, null where there is none.

    Args:
        table: the columns of paths and labels, those that there are.
        schema: of all columns.
        rows: how many.
        where: the file or folder, for messages.

    Raises:
        InputError: no column of images, or labels of a type that is none.
    """
    field, own, absent = image_field(schema, where), label_name(schema), pa.nulls(rows)
    path = pc.struct_field(table.column(field.name), "path") if has_path(field) else absent
    label = plain_label(table.column(own), where) if own else absent
    return pa.table({"path": path.cast(pa.string()), "label": label})


def joined(parts: Sequence[pa.Table], where: object) -> pa.Table:
    """Tables below each other; a column of nulls takes the other's type.

    Raises:
        InputError: labels of two types.
    """
    try:
        return pa.concat_tables(parts, promote_options="default")
    except pa.ArrowException:
        raise InputError(
            f"{where}: its label is of another type than in the files beside it; convert one."
        ) from None


def class_names(metadata: Mapping[bytes, bytes] | None, column: str | None) -> list[str] | None:
    """The names of the labels that a schema of `datasets` declares; None without any."""
    try:
        known: dict[str, Any] = json.loads((metadata or {}).get(b"huggingface", b"{}"))
        return known["info"]["features"][column or "label"]["names"]
    except (ValueError, KeyError, TypeError):
        return None


def classes_of(label: pa.ChunkedArray, names: Sequence[str] | None) -> list[str]:
    """Class names: the texts themselves in order, or as declared, or numbers."""
    if pa.types.is_string(label.type):
        return sorted(label.drop_null().unique().to_pylist())
    return list(names or numbered_classes(label.cast(pa.int64()).fill_null(-1).to_numpy()))


def numbers(label: pa.ChunkedArray, classes: Sequence[str]) -> np.ndarray:
    """`(N,)` int64, -1 where unknown."""
    if pa.types.is_string(label.type):
        label = pc.index_in(label, pa.array(classes, pa.string()), skip_nulls=True)
    return label.cast(pa.int64()).fill_null(-1).to_numpy()


def file_names(path: pa.ChunkedArray, prefix: str) -> list[str]:
    """The recorded paths where they are relative and unique, otherwise made up."""
    if path.null_count or pc.count_distinct(path).as_py() < len(path):
        return made_up_names(prefix, len(path))
    if pc.any(pc.match_substring_regex(path, NO_RELATIVE_PATH)).as_py():
        return made_up_names(prefix, len(path))
    return path.to_pylist()
