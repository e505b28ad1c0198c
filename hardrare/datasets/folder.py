"""A directory of image files: flat, or one folder per class, with or without train and test."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from hardrare.datasets._source import Source, Split, needed
from hardrare.errors import InputError

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff")


def folder(path: Path | None) -> Source:
    """Image files as RGB; the first frame of those with several.

    Where the directory has a folder `train`, that is the training split and `test`
    the test split. Inside a split the images lie either directly (labels unknown) or
    all in folders, whose first level names the class. Hidden files and files of other
    kinds are passed over; a symbolic link below `path` is refused, because it may lead
    anywhere and may name an image twice.

    Args:
        path: the directory.

    Raises:
        InputError: it holds no image or a link, mixes both layouts, or has a name that is
            no UTF-8.
        OSError: a folder may not be read.
    """
    root = needed(path, "folder")
    parts = [p for p in (root / "train", root / "test") if (root / "train").is_dir()]
    for part in parts:
        _require_plain(part)
    found = {part: _images(part) for part in parts or [root] if part.is_dir()}
    if not found or not all(found.values()):
        empty = next((part for part, files in found.items() if not files), root)
        raise InputError(
            f"{empty}: holds no image ({', '.join(s[1:] for s in SUFFIXES)}); "
            "set prepare.path to a folder that does."
        )
    names = {part: _class_names(part, files) for part, files in found.items()}
    classes = sorted({one for given in names.values() for one in given if one is not None})
    number = {None: -1} | {one: k for k, one in enumerate(classes)}
    splits = [
        Split(
            label=np.array([number[one] for one in names[part]], np.int64),
            file_name=[file.relative_to(root).as_posix() for file in files],
            read=partial(_payloads, files),
            colour=True,
        )
        for part, files in found.items()
    ]
    return Source(splits[0], splits[1] if len(splits) > 1 else None, classes)


def _images(root: Path) -> list[Path]:
    """Every image below a folder, in order of its path."""
    images = []
    for here, folders, files in os.walk(root, onerror=_stop):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        here_are = [Path(here, one) for one in files if not one.startswith(".")]
        here_are = [file for file in here_are if file.suffix.lower() in SUFFIXES]
        for one in [Path(here, name) for name in folders] + here_are:
            _require_plain(one)
        images += here_are
    return sorted(images, key=lambda file: file.relative_to(root).as_posix())


def _require_plain(path: Path) -> None:
    """Refuse a link, and a name that no table can hold."""
    if path.is_symlink():
        raise InputError(f"{path}: is a symbolic link; put the image or folder itself there.")
    if any("\udc80" <= letter <= "\udcff" for letter in str(path)):
        raise InputError(f"{str(path)!r}: the name is no UTF-8; rename the file.")


def _stop(error: OSError) -> None:
    """A folder that may not be read ends the stage, where os.walk would pass over it."""
    raise error


def _class_names(root: Path, files: list[Path]) -> list[str | None]:
    """The class folder of each file; None for all where they lie in no folder."""
    relative = [file.relative_to(root).parts for file in files]
    flat = [file for file, parts in zip(files, relative, strict=True) if len(parts) == 1]
    if flat and len(flat) < len(files):
        raise InputError(
            f"{flat[0]}: lies beside folders with images; "
            "move it into one of them, or all images into one folder."
        )
    return [parts[0] if len(parts) > 1 else None for parts in relative]


def _payloads(files: list[Path], positions: np.ndarray) -> Iterator[Path]:
    return (files[i] for i in positions)
