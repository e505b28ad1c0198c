"""YOLO: `images/` and `labels/` side by side, a text file of boxes for each image, `data.yaml`.

Both orders are read: `images/train/1.jpg` with `labels/train/1.txt`, and `train/images/1.jpg` with
`train/labels/1.txt`. A line is a class and a box (centre, width and height in shares of the
image), or a class and the corners of an outline; of poses (`kpt_shape` in the YAML file) the box
counts. Class names come from `names` of the YAML file, or from `classes.txt`, one a line; without
them a class is its number.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath

import yaml

from hardrare.datasets._objects import Object, with_objects
from hardrare.datasets._source import Box, Source, needed
from hardrare.datasets.folder import folder
from hardrare.errors import InputError
from hardrare.tables import unescaped

IMAGES, LABELS = "images", "labels"
LISTS = ("classes.txt", "obj.names")
LEAST = 5  # numbers of a line
TRIED = 20  # files of labels that tell whether a folder is of YOLO


class _NoLabels(ValueError):
    """Why a file of labels is not used."""


def yolo(path: Path | None) -> Source:
    """The images below a folder, with the objects of their text files.

    A text file with a bad line is listed with the reason, and its image has no object.

    Args:
        path: the folder, or its YAML file.

    Raises:
        InputError: no such folder, or no image in it.
    """
    given = needed(path, "yolo")
    root = _root(given) if given.is_file() else given
    source = folder(root)
    sheets = [given] if given.is_file() else sorted([*root.glob("*.yaml"), *root.glob("*.yml")])
    classes, lists = _classes(root, sheets)
    pose = any("kpt_shape" in (_sheet(sheet) or {}) for sheet in sheets)
    read: dict[str, str | None] = dict.fromkeys(lists)
    objects: dict[str, list[Object]] = {}
    for name in (name for split in source.parts().values() for name in split.file_name):
        file = _beside(root, unescaped(name))
        if file is None:
            continue
        table = file.relative_to(root).as_posix()
        try:
            objects[name], read[table] = _objects(file, classes, pose, read, root), None
        except _NoLabels as why:
            read[table] = str(why)
    return with_objects(source, objects, read)


def holds_yolo(path: Path) -> bool:
    """Whether a path is a YAML file with class names, or a folder with text files of boxes."""
    if path.is_file():
        return path.suffix.lower() in (".yaml", ".yml") and _names(path) is not None
    texts = chain(path.glob(f"{LABELS}/*.txt"), path.glob(f"{LABELS}/*/*.txt"),
                  path.glob(f"*/{LABELS}/*.txt"))  # fmt: skip
    for _, file in zip(range(TRIED), texts, strict=False):
        try:
            if _lines(file):
                return True
        except _NoLabels:
            continue
    return False


def _root(file: Path) -> Path:
    """The folder that a YAML file is about: its `path`, where that is there, else its own."""
    content = _sheet(file)
    if content is None:
        raise InputError(f"{file}: is no YAML file of YOLO; name another, or the folder.")
    named = file.parent / str(content.get("path") or "")
    return named if named.is_dir() else file.parent


def _classes(root: Path, sheets: Sequence[Path]) -> tuple[Mapping[int, str], list[str]]:
    """Number to name, and the file below the root that says so, where there is one."""
    for file in sheets:
        if (names := _names(file)) is not None:
            return names, [file.name] if file.parent == root else []
    for file in (root / where / name for where in ("", LABELS) for name in LISTS):
        if file.is_file():
            names = file.read_text("utf-8", errors="replace").splitlines()
            return dict(enumerate(map(str.strip, names))), [file.relative_to(root).as_posix()]
    return {}, []


def _sheet(file: Path) -> dict | None:
    """A YAML file's mapping, None where it is none."""
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return content if isinstance(content, dict) else None


def _names(file: Path) -> Mapping[int, str] | None:
    """The class names of a YAML file, None where it has none."""
    names = (_sheet(file) or {}).get("names")
    try:
        pairs = names.items() if isinstance(names, dict) else enumerate(names)
        return {int(number): str(name) for number, name in pairs}
    except (ValueError, TypeError):
        return None


def _beside(root: Path, name: str) -> Path | None:
    """The text file of an image, None where there is none."""
    parts = PurePosixPath(name).with_suffix(".txt").parts
    folders = [at for at, part in enumerate(parts[:-1]) if part.lower() == IMAGES]
    for at in reversed(folders):
        file = root.joinpath(*parts[:at], LABELS, *parts[at + 1 :])
        if file.is_file():
            return file
    beside = root.joinpath(*parts)
    return beside if beside.is_file() else None


def _objects(
    file: Path, classes: Mapping[int, str], pose: bool, read: Mapping[str, str | None], root: Path
) -> list[Object]:
    """The objects of one text file."""
    if file.relative_to(root).as_posix() in read:
        raise _NoLabels("it is the list of classes, or of two images")
    return [Object(classes.get(number, str(number)), box) for number, box in _lines(file, pose)]


def _lines(file: Path, pose: bool = False) -> list[tuple[int, Box]]:
    """Class and box of each line."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _NoLabels("it is no text that can be read") from None
    objects = []
    for at, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            number, values = int(float(words[0])), [float(word) for word in words[1:]]
        except ValueError:
            raise _NoLabels(f"line {at} is no row of numbers") from None
        if len(words) < LEAST:
            raise _NoLabels(f"line {at} has {len(words)} numbers, a class and a box have {LEAST}")
        objects.append((number, _box(values, pose)))
    return objects


def _box(values: list[float], pose: bool) -> Box:
    """Centre, width and height (and what stands behind them), or around an outline's corners."""
    if len(values) > LEAST and len(values) % 2 == 0 and not pose:
        across, down = values[::2], values[1::2]
        return Box(min(across), min(down), max(across), max(down), shares=True)
    x, y, width, height = values[:4]
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2, shares=True)
