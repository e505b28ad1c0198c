"""Tables of file names and labels as people have them: CSV of any kind, JSON lines, Parquet."""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from hardrare.datasets._formats import HEAD, what
from hardrare.datasets._matching import NoLabels

NAMES = (
    "file_name", "filename", "file", "path", "file_path", "filepath", "image_path", "img_path",
    "image", "image_name", "image_file", "img", "image_id", "name", "id",
)  # fmt: skip
LABELS = (
    "label", "labels", "class", "class_name", "classname", "category", "target", "species",
    "breed", "tag", "y",
)  # fmt: skip
NO_TEXT = {
    "an archive": "an archive or a spreadsheet",
    "a database or an old Office file": "a spreadsheet or a database",
    "a page of PDF or PostScript": "a page of PDF",
}
DELIMITERS = ",;\t|"
SCHEMA = "its schema"  # where Parquet names columns
DELIMITER_SAID = re.compile("sep=([,;\t|])", re.IGNORECASE)  # first line of a file for Excel
MARKS = {  # at the beginning of a text, the longest first
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

Row = tuple[int, str, Any]  # line or row, counted from 1; file name; label


class Rows(NamedTuple):
    """A table: its rows, whether it has any column of labels, and where its columns are named."""

    rows: list[Row]
    has_label: bool
    header: str  # such as "line 1"


def rows(file: Path) -> Rows:
    """The rows of a table.

    Args:
        file: its ending says how it is read; anything but `.jsonl` and `.parquet` is CSV, whose
            delimiter (comma, semicolon, tab or bar) and encoding are told by its content.

    Raises:
        NoLabels: it cannot be read or has no column of file names; says the first bad line.
    """
    try:
        return READERS.get(file.suffix.lower(), _csv)(file)
    except OSError as error:
        raise NoLabels(f"cannot be read ({error.strerror or _line(error)})") from None


def _text(file: Path) -> str:
    """The whole text, whatever Unicode it is written in."""
    raw = file.read_bytes()
    if (kind := what(raw[:HEAD])) in NO_TEXT:
        raise NoLabels(f"is {NO_TEXT[kind]}; save it as CSV")
    encoding = next((name for mark, name in MARKS.items() if raw.startswith(mark)), None)
    if encoding is None:  # without a mark: UTF-16 has a zero beside every ASCII letter
        encoding = {b"\0": "utf-16-be"}.get(raw[:1], "utf-16-le") if b"\0" in raw[:2] else "utf-8"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NoLabels(f"is no text in Unicode, first in line {line}; save it as UTF-8") from None


def _csv(file: Path) -> Rows:
    lines = _text(file).splitlines(keepends=True)
    said = DELIMITER_SAID.fullmatch(lines[0].strip()) if lines else None
    lines[:1] = ["\n"] if said else lines[:1]
    delimiter = said[1] if said else _delimiter(next((line for line in lines if line.strip()), ""))
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        filled = ((reader.line_num, row) for row in reader if any(cell.strip() for cell in row))
        line, header = next(filled, (1, []))
        name, label = _columns(header, f"line {line}")
        cells = list(_cells(filled, len(header), name, label))
        return Rows(cells, label is not None, f"line {line}")
    except csv.Error as error:
        raise NoLabels(f"line {reader.line_num} is no CSV ({_line(error)})") from None


def _delimiter(header: str) -> str:
    """The delimiter that makes the most columns of a header."""
    return max(DELIMITERS, key=header.count)


def _cells(
    filled: Iterable[tuple[int, list[str]]], width: int, name: int, label: int | None
) -> Iterator[Row]:
    for line, row in filled:
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            raise NoLabels(f"line {line} has {len(row)} cells and the header {width}")
        if not (written := row[name] if name < len(row) else ""):
            raise NoLabels(f"line {line} has no file name")
        yield line, written, row[label] if label is not None and label < len(row) else None


def _columns(header: Sequence[Any], where: str) -> tuple[int, int | None]:
    """Where the names and the labels stand: by their headers, in any case, `-` or space as `_`.

    Args:
        header: names of the columns.
        where: they are named, for messages.
    """
    plain = [str(title).strip().lower().replace(" ", "_").replace("-", "_") for title in header]
    name, label = (
        next((plain.index(title) for title in known if title in plain), None)
        for known in (NAMES, LABELS)
    )
    if name is None:
        there = ", ".join(sorted(str(title).strip() for title in header)) or "nothing"
        raise NoLabels(f"{where} names no column file_name but {there}")
    return name, label


def _json_lines(file: Path) -> Rows:
    made: list[tuple[int, dict]] = []
    for line, text in enumerate(_text(file).split("\n"), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise NoLabels(f"line {line} is no JSON ({_line(error)})") from None
        if not isinstance(row, dict):
            raise NoLabels(f"line {line} is no object of JSON")
        made.append((line, row))
    names = list(dict.fromkeys(name for _, row in made for name in row))
    return _of_objects(made, names, f"line {made[0][0] if made else 1}")


def _parquet(file: Path) -> Rows:
    try:
        with file.open("rb") as stream:
            names = pq.read_schema(stream).names
            name, label = _columns(names, SCHEMA)
            wanted = [names[at] for at in (name, label) if at is not None]
            table = pq.read_table(stream, columns=wanted).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise NoLabels(f"cannot be read as Parquet ({_line(error)})") from None
    return _of_objects(list(enumerate(table, 1)), wanted, SCHEMA)


def _of_objects(made: list[tuple[int, dict]], names: list[str], where: str) -> Rows:
    name, label = _columns(names, where)
    entries = []
    for line, row in made:
        written = row.get(names[name])
        if not isinstance(written, str) or not written:
            raise NoLabels(f"line {line} has {names[name]} {written!r}")
        entries.append((line, written, None if label is None else row.get(names[label])))
    return Rows(entries, label is not None, where)


READERS: dict[str, Callable[[Path], Rows]] = {
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).split(". ")[0].rstrip(".")
