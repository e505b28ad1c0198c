"""A dataset that Hugging Face `datasets` saved on the disk: a folder of Arrow files.

`dataset.save_to_disk(folder)` makes one, with `state.json`; of several splits it makes a folder
each, and `dataset_dict.json`. Its cache is such a folder, too. Images are the encoded bytes in the
files, or files elsewhere that the dataset only names; arrays of pixels are not read.
"""

import json
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare.datasets._columns import (
    class_names,
    classes_of,
    file_names,
    image_field,
    index_of,
    joined,
    label_name,
    numbers,
)
from hardrare.datasets._parts import role_of
from hardrare.datasets._source import Source, Split, needed
from hardrare.errors import InputError

SPLITS, STATE, ABOUT = "dataset_dict.json", "state.json", "dataset_info.json"


def huggingface(path: Path | None) -> Source:
    """The images of a saved dataset; pixels are read when needed.

    Args:
        path: the folder that `save_to_disk` made.

    Raises:
        InputError: it is none, is damaged, is a selection of rows, or has no column of images.
    """
    root = needed(path, "huggingface")
    tables = {split: _table(folder) for split, folder in _splits(root).items()}
    parts = [index_of(table, table.schema, table.num_rows, root) for table in tables.values()]
    schema = next(iter(tables.values())).schema
    declared = class_names(schema.metadata, label_name(schema))
    classes = classes_of(joined(parts, root).column("label"), declared)
    made = {
        split: Split(
            label=numbers(part.column("label"), classes),
            file_name=_names(part.column("path"), root, split),
            read=partial(_payloads, table.column(image_field(table.schema, root).name)),
            part=[split] * len(part) if split else (),
        )
        for (split, table), part in zip(tables.items(), parts, strict=True)
    }
    train = made.pop("" if "" in made else _trained(made))
    test = next((split for split in made if role_of(split) == "test"), None)
    return Source(train, made.pop(test) if test else None, classes, [], made)


def holds_huggingface(path: Path) -> bool:
    """Whether a path is a folder of a saved dataset."""
    if not path.is_dir():
        return False
    own = (path / STATE).is_file() or (path / ABOUT).is_file()
    return (path / SPLITS).is_file() or (own and any(path.glob("*.arrow")))


def _trained(splits: Sequence[str]) -> str:
    """The training split, else the first one."""
    return next((split for split in splits if role_of(split) == "train"), next(iter(splits)))


def _splits(root: Path) -> dict[str, Path]:
    """Name of a split to its folder; one that stands alone has the name ""."""
    if not (root / SPLITS).is_file():
        return {"": root}
    try:
        names = json.loads((root / SPLITS).read_text("utf-8"))["splits"]
        return {str(name): root / str(name) for name in names}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{root / SPLITS}: names no splits; save the dataset again.") from None


def _table(folder: Path) -> pa.Table:
    """All rows of a split, memory-mapped."""
    try:
        state = json.loads((folder / STATE).read_text("utf-8")) if (folder / STATE).exists() else {}
        if state.get("_indices_data_files"):
            raise InputError(
                f"{folder}: is a selection of rows; call flatten_indices() and save it again."
            )
        files = [folder / str(file["filename"]) for file in state.get("_data_files") or []]
        files = files or sorted(folder.glob("*.arrow"))
        if not files:
            raise InputError(f"{folder}: holds no Arrow file; save the dataset again.")
        return pa.concat_tables([_mapped(file) for file in files])
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split()).split(". ")[0].rstrip(".")
        raise InputError(
            f"{folder}: no complete dataset ({reason}); save it again with save_to_disk."
        ) from None


def _mapped(file: Path) -> pa.Table:
    """The rows of an Arrow file of either kind."""
    try:
        return pa.ipc.open_stream(pa.memory_map(os.fsencode(file))).read_all()
    except pa.ArrowInvalid:
        return pa.ipc.open_file(pa.memory_map(os.fsencode(file))).read_all()


def _names(path: pa.ChunkedArray, root: Path, split: str) -> list[str]:
    """Names of a split's images: as recorded, below the split's name, or made up."""
    prefix = "/".join(filter(None, [root.name or "images", split]))
    names = file_names(path, prefix)
    recorded = bool(names) and not names[0].startswith(f"{prefix}/")
    return [f"{split}/{name}" for name in names] if recorded and split else names


def _payloads(column: pa.ChunkedArray, positions: np.ndarray) -> Iterator[bytes | Path]:
    """The encoded images at ascending positions, or where they lie; null gives no bytes."""
    for at in positions.tolist():
        value = column[at].as_py()
        if isinstance(value, dict):
            content, where = value.get("bytes"), value.get("path")
            yield content if content is not None else Path(where) if where else b""
        else:
            yield value or b""
