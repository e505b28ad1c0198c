"""Labels from a table beside images: CSV, JSON lines or Parquet with `file_name` and `label`."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hardrare.datasets._source import Source, skip
from hardrare.errors import InputError
from hardrare.tables import Skipped

Labels = dict[str, str | None]  # file name to label, None where unknown
WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:\.0+)?")


class NoLabels(ValueError):
    """A table that does not name files; its text says why."""


def read_labels(file: Path) -> tuple[Labels, bool]:
    """The labels of a table, by file name as written there, and whether it has any column of them.

    Args:
        file: its ending says how it is read.

    Returns:
        A label for each named file, None where it is empty; and whether there is a column
        `label`.

    Raises:
        NoLabels: unreadable, no column `file_name`, a label that is no number and no text, or
            a file that has two.
    """
    rows, has_label = READERS.get(file.suffix.lower(), _csv)(file)
    labels: Labels = {}
    for name, value in rows:
        label = _text(value)
        if labels.setdefault(name, label) != label:
            raise NoLabels(f"gives {name} two labels, {labels[name]} and {label}")
    return labels, has_label


def _csv(file: Path) -> tuple[list[tuple[str, Any]], bool]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            return _pairs(reader, reader.fieldnames or [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NoLabels(f"cannot be read as CSV ({_line(error)})") from None


def _json_lines(file: Path) -> tuple[list[tuple[str, Any]], bool]:
    try:
        lines = file.read_text("utf-8-sig").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError, RecursionError) as error:
        raise NoLabels(f"cannot be read as JSON lines ({_line(error)})") from None
    if not all(isinstance(row, dict) for row in rows):
        raise NoLabels("cannot be read as JSON lines (a line is no object)")
    return _pairs(rows, {name for row in rows for name in row})


def _parquet(file: Path) -> tuple[list[tuple[str, Any]], bool]:
    try:
        names = pq.read_schema(file).names
        wanted = [name for name in ("file_name", "label") if name in names]
        return _pairs(pq.read_table(file, columns=wanted).to_pylist(), names)
    except (pa.ArrowException, OSError) as error:
        raise NoLabels(f"cannot be read as Parquet ({_line(error)})") from None


READERS: dict[str, Callable[[Path], tuple[list[tuple[str, Any]], bool]]] = {
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}


def _pairs(rows: Iterable[dict], names: Iterable[str]) -> tuple[list[tuple[str, Any]], bool]:
    """File name and label of each row, and whether there is a column of labels."""
    known = set(names)
    if "file_name" not in known:
        raise NoLabels(f"has no column file_name but {', '.join(sorted(map(str, known)))}")
    pairs = []
    for row in rows:
        name = row.get("file_name")
        if not isinstance(name, str) or not name:
            raise NoLabels(f"has a row whose file_name is {name!r}")
        # a backslash is the separator of the system that wrote it: no image here has one
        pairs.append((PurePosixPath(name.replace("\\", "/")).as_posix(), row.get("label")))
    return pairs, "label" in known


def _text(value: Any) -> str | None:  # noqa: ANN401
    """A label as text, None for -1, nothing and NaN; whole numbers lose a `.0`."""
    if isinstance(value, (list, dict, bytes)):
        raise NoLabels(f"has a label that is a {type(value).__name__}")
    text = "" if value is None else str(value).strip()
    whole = WHOLE.fullmatch(text)
    text = whole[1] if whole else text
    return None if text in ("", "-1", "nan") else text


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).split(". ")[0].rstrip(".")


def numbered(*labels: Sequence[str | None]) -> tuple[list[np.ndarray], list[str]]:
    """Labels as places in the sorted list of all, -1 where None, and that list.

    It is sorted by number where every label is a whole number.
    """
    names = {one for several in labels for one in several if one is not None}
    numbers = all(WHOLE.fullmatch(one) for one in names)
    classes = sorted(names, key=int if numbers else None)
    place = {None: -1} | {one: k for k, one in enumerate(classes)}
    return [np.array([place[one] for one in several], np.int64) for several in labels], classes


def relabelled(source: Source, file: Path) -> Source:
    """A source with the labels of a table; an image that it does not name has none.

    Raises:
        InputError: it is no such table, or names no image of the source.
    """
    try:
        labels, has_label = read_labels(file)
    except NoLabels as reason:
        raise InputError(f"prepare.labels {file}: {reason}; mend the table.") from None
    if not has_label:
        raise InputError(f"prepare.labels {file}: has no column label; add it.")
    splits = [one for one in (source.train, source.test) if one is not None]
    names = {name for split in splits for name in split.file_name}
    if not names & set(labels):
        found, named = min(names, default="no image"), min(labels, default="none")
        raise InputError(
            f"prepare.labels {file}: names no image of the dataset (it holds {found}, the table "
            f"{named}); write names relative to prepare.path."
        )
    given, classes = numbered(*([labels.get(n) for n in split.file_name] for split in splits))
    train, *test = [replace(one, label=new) for one, new in zip(splits, given, strict=True)]
    lost = absent(labels, names, source.skipped, file.name)
    return Source(train, test[0] if test else None, classes, [*source.skipped, *lost])


def absent(
    named: Iterable[str], there: set[str], skipped: Iterable[Skipped], table: str
) -> list[Skipped]:
    """Rows for the files that a table names and that were not found at all."""
    known = there | {one.file_name for one in skipped}
    return [skip(name, f"not there: named in {table}") for name in named if name not in known]
