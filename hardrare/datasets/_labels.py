"""Labels from a table beside images: CSV, JSON lines or Parquet with `file_name` and `label`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.datasets._matching import Labels, Names, NoLabels, no_image
from hardrare.datasets._reading import Rows, rows
from hardrare.datasets._source import Source
from hardrare.errors import InputError

WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:\.0+)?")


def read_labels(file: Path) -> tuple[Labels, Rows]:
    """The labels of a table, by file name as written there, and the table itself.

    Args:
        file: its ending says how it is read.

    Returns:
        A label for each named file, None where it is empty; and the rows, which say whether
        there is a column of labels, and where the columns are named.

    Raises:
        NoLabels: unreadable, no column of file names, a label that is no number and no text, or
            a file that has two; says the first bad line.
    """
    table = rows(file)
    labels: Labels = {}
    for line, name, value in table.rows:
        label = _text(value, line)
        if labels.setdefault(name, label) != label:
            raise NoLabels(
                f"gives {name} two labels, {labels[name]} and {label} (the latter in line {line})"
            )
    return labels, table


def _text(value: Any, line: int) -> str | None:  # noqa: ANN401
    """A label as text, None for -1, nothing and NaN; whole numbers lose a `.0`."""
    if isinstance(value, (list, dict, bytes)):
        raise NoLabels(f"has a label that is a {type(value).__name__} in line {line}")
    text = "" if value is None else str(value).strip()
    whole = WHOLE.fullmatch(text)
    text = whole[1] if whole else text
    return None if text in ("", "-1", "nan") else text


def numbered(labels: Sequence[str | None]) -> tuple[np.ndarray, list[str]]:
    """Labels as places `(N,)` in the sorted list of all, -1 where None, and that list.

    It is sorted by number where every label is a whole number.
    """
    names = {label for label in labels if label is not None}
    numbers = all(WHOLE.fullmatch(name) for name in names)
    classes = sorted(names, key=int if numbers else None)
    code_of = {None: -1} | {name: k for k, name in enumerate(classes)}
    return np.array([code_of[label] for label in labels], np.int64), classes


def relabelled(
    source: Source, file: Path, root: Path | None = None, called: str | None = None
) -> Source:
    """A source with the labels of a table; an image that it does not name has none.

    Args:
        source: the images.
        file: the table.
        root: the folder that absolute paths in the table may lie below.
        called: the option by which people gave the table; None = the parameter.

    Raises:
        InputError: it is no such table, or names no image of the source.
    """
    said = called or f"prepare.labels {file}"
    names = [name for split in source.parts().values() for name in split.file_name]
    known = Names(names)
    try:
        labels, table = read_labels(file)
        matched, lost = known.match(labels, root)
    except NoLabels as reason:
        raise InputError(f"{said}: {reason}; mend the table.") from None
    if not table.has_label:
        raise InputError(f"{said}: {table.header} names no column label; add it.")
    if not matched:
        raise no_image(said, names, labels, *([str(root)] if called else []))
    absent = known.absent(lost, source.skipped, file.name)
    return replace(with_labels(source, matched), skipped=[*source.skipped, *absent])


def with_labels(source: Source, labels: Mapping[str, str | None]) -> Source:
    """A source with other labels, by the names of its images; what has none there has none."""
    splits = source.parts()
    names = [name for split in splits.values() for name in split.file_name]
    label, classes = numbered([labels.get(name) for name in names])
    ends = np.cumsum([len(split.label) for split in splits.values()])[:-1]
    made = {
        part: replace(split, label=own)
        for (part, split), own in zip(splits.items(), np.split(label, ends), strict=True)
    }
    train = made.pop("" if "" in made else "train")
    test = made.pop("test", None) if source.test is not None else None
    return replace(source, train=train, test=test, classes=classes, others=made, by_folders=False)
