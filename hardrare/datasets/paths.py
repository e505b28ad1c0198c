"""A text file of paths to images, one a line."""

import os
from pathlib import Path

import numpy as np

from hardrare.datasets._source import Source, file_split, needed, skip
from hardrare.datasets._walk import no_file
from hardrare.errors import InputError
from hardrare.tables import Skipped


def paths(path: Path | None) -> Source:
    """The images that a text file lists, as RGB; labels are unknown, there is no test split.

    A path is absolute or relative to the folder of the text file; empty lines are passed
    over. Names of the samples are relative to `common_folder`, and sorted.

    Args:
        path: the text file.

    Raises:
        InputError: it cannot be read or lists no file that is there.
    """
    file = needed(path, "paths")
    root, listed, skipped = common_folder(file), [], []
    for line in _lines(file):
        name = line.relative_to(root).as_posix()
        reason = no_file(line)
        if reason is None:
            listed.append(name)
        else:
            skipped.append(skip(name, reason))
    names, doubles = _distinct(sorted(listed))
    if not names:
        raise InputError(
            f"{file}: lists no file that is there (names count from {root}); mend the list, or "
            "name what holds the images."
        )
    split = file_split(root, names, np.full(len(names), -1))
    return Source(split, None, [], skipped + doubles)


def common_folder(file: Path) -> Path:
    """What the sample names of a list are relative to: its own folder, or one above all paths."""
    folder, lines = _absolute(file.parent), _lines(file)
    if all(line.is_relative_to(folder) for line in lines):
        return folder
    return Path(os.path.commonpath([line.parent for line in lines]))


def _distinct(names: list[str]) -> tuple[list[str], list[Skipped]]:
    """Sorted names once each, and a row for every further time."""
    kept: list[str] = []
    skipped: list[Skipped] = []
    for name in names:
        if kept and kept[-1] == name:
            skipped.append(skip(name, "named twice"))
        else:
            kept.append(name)
    return kept, skipped


def _lines(file: Path) -> list[Path]:
    """The listed paths, absolute and without `..`."""
    try:
        raw = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); name a text file of paths."
        ) from None
    lines = [os.fsdecode(line.removesuffix(b"\r")) for line in raw.split(b"\n")]
    if any("\0" in line for line in lines):
        raise InputError(
            f"{file}: is no text; unpack it if it is an archive, or name a folder of "
            "images or a text file of paths."
        )
    return [_absolute(file.parent / line) for line in lines if line.strip()]


def _absolute(path: Path) -> Path:
    """An absolute path; links in it stay as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve would follow links
