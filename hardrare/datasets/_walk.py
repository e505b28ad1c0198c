"""What lies in a folder: image files to try, tables beside them, and the rest with a reason.

Links are followed. A file is taken once, whatever names lead to it (also two hard links), and
a folder is entered once, so that loops end; further names are listed with the name that was
taken. Hidden files and folders and those in which systems keep thumbnails are not taken, and
every file below them is listed; so are the files that systems leave beside images.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hardrare.datasets._formats import HEAD, SUFFIXES, is_image, what
from hardrare.datasets._remote import Place, Remote
from hardrare.datasets._source import skip
from hardrare.errors import InputError
from hardrare.tables import Skipped

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")  # as Hugging Face names them
# Folders of systems and file servers: thumbnails, waste baskets, forks of files.
SYSTEM = {"@eadir", "__macosx", "#recycle", "$recycle.bin", "lost+found"}
SYSTEM_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini"}
A_TABLE = "read as a table"
LITTER = ("hidden", "of the system")  # kinds of what systems leave and take away by themselves
KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def litter(path: Path) -> bool:
    """Whether a system left it there by itself: nobody who looks at the folder sees it.

    >>> [litter(Path(name)) for name in (".DS_Store", "Thumbs.db", "._a.jpg", ".git", "a.jpg")]
    [True, True, True, False, False]
    """
    name = path.name.lower()
    return name in SYSTEM_FILES | SYSTEM | {".ds_store", ".directory"} or name.startswith("._")


Identity = tuple[int, int]  # of a file or folder: device and inode


@dataclass
class Found:
    """Names relative to the folder: images and metadata files sorted, and what was passed over."""

    images: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass
class _Walk:
    """A walk on its way.

    Attributes:
        root: where it began.
        around: the folders that the root lies in.
        entered: folders that were entered, and their names.
        files: files by identity: every name, and whether it is an image by its ending and no
            link.
        links: links to folders, which are followed when all else is done.
    """

    root: Place
    around: set[Identity]
    entered: dict[Identity, str] = field(default_factory=dict)
    files: dict[Identity, list[str]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)


def walk(root: Place) -> Found:
    """Everything below a folder; each file is in exactly one of the lists.

    A folder that may not be read, a link to a folder that is entered by another name, and a
    broken link are one row each.

    Raises:
        InputError: it is no folder.
        OSError: it may not be read.
    """
    if not root.is_dir():
        raise InputError(f"{root}: is no folder; name the one with the images.")
    if isinstance(root, Remote):
        return _sorted(_listed(root))
    real = root.resolve()
    on_the_way = _Walk(root, {_identity(parent.stat()) for parent in real.parents})
    _enter(on_the_way, "")
    while on_the_way.links:
        on_the_way.links.sort(reverse=True)
        _follow(on_the_way, on_the_way.links.pop())
    return _sorted(on_the_way)


def _listed(root: Remote) -> _Walk:
    """What lies below an address, where there are no links."""
    walking = _Walk(root, set())
    for at, (name, _, _) in enumerate(root.listed()):
        if (hidden := _hidden(name)) is not None:
            walking.skipped.append(skip(name, hidden))
        else:
            walking.files[0, at] = [name]
    return walking


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _enter(walking: _Walk, top: str) -> None:
    """Take in a folder and all below it, links to folders left for later."""
    walking.entered[_identity((walking.root / top).stat())] = top
    todo = [top]
    while todo:
        here = todo.pop()
        try:
            with os.scandir(walking.root / here) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not here:
                raise
            reason = f"folder cannot be read: {error.strerror}"
            walking.skipped.append(skip(here, reason))
            continue
        for entry in listed:
            name = f"{here}/{entry.name}" if here else entry.name
            if entry.is_symlink():
                _of_link(walking, name)
                continue
            with suppress(FileNotFoundError):  # it went while this looked
                status = entry.stat(follow_symlinks=False)
                if entry.is_dir():
                    walking.entered[_identity(status)] = name
                    todo.append(name)
                else:
                    _of_file(walking, name, status)


def _of_link(walking: _Walk, name: str) -> None:
    """Put a link among the files, among the folders to follow, or aside."""
    try:
        status = (walking.root / name).stat()
    except (OSError, RuntimeError):  # the latter for a link to itself, before Python 3.13
        walking.skipped.append(skip(name, "broken link"))
        return
    walking.linked.add(name)
    if stat.S_ISDIR(status.st_mode):
        walking.links.append(name)
    else:
        _of_file(walking, name, status)


def _of_file(walking: _Walk, name: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = KINDS.get(stat.S_IFMT(status.st_mode), "unknown")
        walking.skipped.append(skip(name, f"no file: {kind}"))
    elif (hidden := _hidden(name)) is not None:
        walking.skipped.append(skip(name, hidden))
    else:
        walking.files.setdefault(_identity(status), []).append(name)


def _hidden(name: str) -> str | None:
    """Why a name is passed over without a look; None where it is not."""
    *folders, last = name.split("/")
    for folder in folders:
        if folder.startswith("."):
            return f"hidden: in {folder}"
        if folder.lower() in SYSTEM:
            return f"of the system: in {folder}"
    if last.lower() in SYSTEM_FILES:
        return "of the system"
    return "hidden" if last.startswith(".") else None


def _follow(walking: _Walk, name: str) -> None:
    """Enter the folder that a link leads to, once, and never one around the root."""
    try:
        identity = _identity((walking.root / name).stat())
    except OSError as error:
        walking.skipped.append(skip(name, f"folder cannot be read: {error.strerror}"))
        return
    if identity in walking.around:
        walking.skipped.append(skip(name, "link to a folder around this one"))
    elif identity in walking.entered:
        other = walking.entered[identity] or "the folder itself"
        walking.skipped.append(skip(name, f"same folder by link: {other}"))
    elif (hidden := _hidden(name)) is not None:
        walking.skipped.append(skip(name, hidden))
    else:
        _enter(walking, name)


def _sorted(walking: _Walk) -> Found:
    """Of each file one name, by what it is, and the other names with that one."""
    files = Found(skipped=walking.skipped)
    for names in walking.files.values():
        first, *others = sorted(names, key=lambda name: _order(name, walking.linked))
        files.skipped += [skip(name, f"same file by link: {first}") for name in others]
        reason = None
        if first.rpartition("/")[2] in METADATA:
            files.metadata.append(first)
        elif first.lower().endswith(SUFFIXES) or (reason := _content(walking.root / first)) is None:
            files.images.append(first)
        else:
            files.skipped.append(skip(first, reason))
    files.images.sort()
    files.metadata.sort()
    return files


def _order(name: str, linked: set[str]) -> tuple[bool, bool, int, str]:
    """Names of one file: an image by its ending first, then no link, then the shortest path."""
    through = not linked.isdisjoint(_above(name))
    return not name.lower().endswith(SUFFIXES), through, name.count("/"), name


def _above(name: str) -> set[str]:
    """A name and the folders above it."""
    parts = name.split("/")
    return {"/".join(parts[: k + 1]) for k in range(len(parts))}


def _content(path: Place) -> str | None:
    """Why a file without the ending of an image is none; None where its first bytes say it is."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None if is_image(head) else f"no image: it is {what(head)}"


def no_file(path: Path) -> str | None:
    """Why a path is no file to open; None where it is one."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "not there"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None if stat.S_ISREG(mode) else f"no file: {KINDS.get(stat.S_IFMT(mode), 'unknown')}"
