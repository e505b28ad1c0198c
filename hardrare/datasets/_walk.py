"""What lies in a folder: image files to try, tables beside them, and the rest with a reason.

Nothing is opened here (a pipe would block) and no link is followed (it could lead anywhere).
"""

import os
import stat
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from hardrare.datasets._source import skip
from hardrare.errors import InputError
from hardrare.tables import Skipped

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff")
METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")  # as Hugging Face names them
KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


@dataclass
class Found:
    """Names relative to the folder: images and metadata files sorted, and what was passed over."""

    images: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def walk(root: Path) -> Found:
    """Everything below a folder; each file is in exactly one of the lists.

    A hidden folder, one that may not be read and a link to one are one row each.

    Raises:
        InputError: it is no folder.
        OSError: it may not be read.
    """
    if not root.is_dir():
        raise InputError(f"{root}: is no folder; set prepare.path to the one with the images.")
    found, real, todo = Found(), Path(os.path.realpath(root)), [""]
    while todo:
        here = todo.pop()
        try:
            with os.scandir(root / here) as entries:
                listed = list(entries)
        except OSError as error:
            if not here:
                raise
            found.skipped.append(skip(here, f"folder cannot be read: {error.strerror}"))
            continue
        for entry in listed:
            _sort_in(entry, f"{here}/{entry.name}" if here else entry.name, real, found, todo)
    found.images, doubles = distinct(sorted(found.images))
    found.metadata.sort()
    found.skipped += doubles
    return found


def _sort_in(entry: os.DirEntry, name: str, real: Path, found: Found, todo: list[str]) -> None:
    """Put one entry where it belongs."""
    reason = None
    if entry.name.startswith("."):
        reason = "hidden"
    elif entry.is_symlink():
        reason = _of_link(Path(entry.path), real)
    elif entry.is_dir():
        todo.append(name)
        return
    elif not entry.is_file():
        reason = no_file(Path(entry.path))
    reason = reason or of_name(name)
    if reason is None and entry.name in METADATA:
        found.metadata.append(name)
    elif reason is None and name.lower().endswith(SUFFIXES):
        found.images.append(name)
    else:
        found.skipped.append(skip(name, reason or "not an image by its ending"))


def _of_link(path: Path, real: Path) -> str:
    """Where a link leads. None is followed: it names what has a name of its own, or an outsider."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # the latter for a link to itself, before Python 3.13
        return "broken link"
    return f"link {'within' if target.is_relative_to(real) else 'out of'} the folder"


def no_file(path: Path) -> str | None:
    """Why a path is no file to open; None where it is one."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "not there"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None if stat.S_ISREG(mode) else f"no file: {KINDS.get(stat.S_IFMT(mode), 'unknown')}"


def of_name(name: str) -> str | None:
    """Why a relative name cannot stand in a table or a list; None where it can."""
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return "name is no UTF-8"
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in name):
        return "name holds a line break or control character"
    if "\\" in name or name[1:2] == ":":
        return "name is no relative path on every system"
    return None


def distinct(names: list[str]) -> tuple[list[str], list[Skipped]]:
    """Sorted names without those that some systems take for an earlier one, and these."""
    first: dict[str, str] = {}
    kept, skipped = [], []
    for name in names:
        alike = unicodedata.normalize("NFC", name).casefold()
        one = first.get(alike)
        if one is None:
            first[alike] = name
            kept.append(name)
        elif one == name:
            skipped.append(skip(name, "named twice"))
        else:
            skipped.append(skip(name, f"name differs in case or Unicode form only: from {one}"))
    return kept, skipped
