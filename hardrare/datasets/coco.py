"""COCO: images, and JSON files that say which objects lie in them and where.

Read are the files of objects (`instances_train2017.json`, `_annotations.coco.json`, `labels.json`,
whatever their name); captions and files of the same images beside them are not. Names in a file
count from wherever most of its images lie: beside it, in `images/train2017/`, in `data/`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from hardrare.datasets._objects import Object, with_objects
from hardrare.datasets._source import Box, Source, file_split, needed
from hardrare.datasets.folder import folder
from hardrare.errors import InputError
from hardrare.tables import escaped, unescaped

PEEK = 2**16  # bytes at either end of a file that tell whether it may be of COCO
TRIED = 50  # names by which the folder of a file's images is found
LARGEST = 2**31  # bytes


def coco(path: Path | None) -> Source:
    """The images below a folder with the objects of its JSON files, or those that one file names.

    Args:
        path: the folder, or one JSON file.

    Raises:
        InputError: no such file, not of COCO, or none of its images is there.
    """
    root = needed(path, "coco")
    return _named(root) if root.is_file() else _below(root)


def holds_coco(path: Path) -> bool:
    """Whether a path is a JSON file of COCO, or a folder with one in it or a folder below."""
    if path.is_file():
        return path.suffix.lower() == ".json" and _may_be(path)
    return any(_may_be(file) for pattern in ("*.json", "*/*.json") for file in path.glob(pattern))


def _may_be(file: Path) -> bool:
    """Whether a file's beginning or end has two of the lists of COCO."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            text = stream.read(PEEK)
            stream.seek(max(len(text), size - PEEK))
            text += stream.read(PEEK)
    except OSError:
        return False
    lists = (b'"images"', b'"annotations"', b'"categories"')
    return text.lstrip()[:1] == b"{" and sum(key in text for key in lists) > 1


def _below(root: Path) -> Source:
    """All images of a folder; those that no file names have no object."""
    source = folder(root)
    names = [name for split in source.parts().values() for name in split.file_name]
    tables = [unescaped(row.file_name) for row in source.skipped]
    read: dict[str, str | None] = {}
    objects: dict[str, list[Object]] = {}
    for name in sorted(table for table in tables if table.lower().endswith(".json")):
        try:
            if not _may_be(root / name):
                continue
            named = _objects(_loaded(root / name))
        except InputError as error:
            read[name] = str(error)
            continue
        here = _placed(named, names, name)
        same = objects.keys() & here.keys()
        read[name] = "another file has the objects of its images" if same else None
        objects |= {} if same else here
    if not any(why is None for why in read.values()):
        raise InputError(f"{root}: none of its JSON files is of COCO ({_first(read)}); mend it.")
    return with_objects(source, objects, read)


def _first(read: Mapping[str, str | None]) -> str:
    return next((f"{name}: {why}" for name, why in read.items()), "there is none")


def _named(file: Path) -> Source:
    """The images that one file names."""
    try:
        named = _objects(_loaded(file))
    except InputError as error:
        raise InputError(f"{file}: {error}; name a JSON file of COCO.") from None
    above = file.absolute().parent
    above = above.parent if above.name.lower() in ("annotations", "labels") else above
    images = folder(above)
    there = [name for split in images.parts().values() for name in split.file_name]
    objects = _placed(named, there, file.absolute().relative_to(above).as_posix())
    names = sorted(objects.keys() & set(there))
    if not names:
        raise InputError(
            f"{file}: none of its {len(named):,} images lies below {above}, the first would be "
            f"{next(iter(named), 'none')}; name the folder that holds both."
        )
    plain = [unescaped(name) for name in names]
    split = file_split(above, plain, np.full(len(names), -1))
    return with_objects(Source(split, None, []), objects, {})


def _loaded(file: Path) -> dict[str, Any]:
    """A JSON file of COCO.

    Raises:
        InputError: why it is none, as a part of a sentence.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise InputError("it is larger than 2 GB")
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"it cannot be read ({' '.join(str(error).split())})") from None
    lists = ("images", "annotations")
    if not isinstance(content, dict) or not all(isinstance(content.get(k), list) for k in lists):
        raise InputError("it has no lists images and annotations")
    return content


def _objects(content: Mapping[str, Any]) -> dict[str, list[Object]]:
    """Image, by its name in the file, to its objects; crowds are none.

    Raises:
        InputError: an entry lacks what it needs, as a part of a sentence.
    """
    of: dict[Any, list[Object]] = defaultdict(list)
    try:
        classes = {
            category["id"]: str(category["name"]) for category in content.get("categories") or []
        }
        for annotation in content["annotations"]:
            if "category_id" in annotation and not annotation.get("iscrowd"):
                label = classes.get(annotation["category_id"], str(annotation["category_id"]))
                of[annotation["image_id"]].append(Object(label, _box(annotation)))
        names = {image["id"]: str(image["file_name"]) for image in content["images"]}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"an entry of it lacks {error}") from None
    if content["annotations"] and not of:
        raise InputError("it has no objects with a class")
    return {name: of.get(image, []) for image, name in names.items()}


def _box(entry: Mapping[str, Any]) -> Box | None:
    """By `bbox`, left, top, width, height; else around the outline, where there is one."""
    if box := entry.get("bbox"):
        left, top, width, height = map(float, box)
        return Box(left, top, left + width, top + height)
    outline = entry.get("segmentation")
    if not isinstance(outline, list) or not outline:
        return None
    points = np.concatenate([np.array(polygon, float) for polygon in outline]).reshape(-1, 2)
    return Box(*points.min(0).tolist(), *points.max(0).tolist())


def _placed(
    named: Mapping[str, list[Object]], names: Iterable[str], file: str
) -> dict[str, list[Object]]:
    """The objects by the names of a folder's images; an image that is not there keeps its own.

    Args:
        named: by the names that the file has.
        names: of the images below the folder, as tables have them.
        file: which one, below the folder.
    """
    there = set(names)
    parents = {parent.as_posix() for name in there for parent in PurePosixPath(name).parents}
    some = [_plain(name) for name in list(named)[:: max(1, len(named) // TRIED)]]
    tail = PurePosixPath(file).stem.rpartition("_")[2].lower()

    def fits(base: str) -> tuple[int, bool, bool, int]:
        hits = sum(_joined(base, name) in there for name in some)
        near = base == PurePosixPath(file).parent.as_posix()
        return hits, tail in base.lower().split("/"), near, -len(base)

    base = max(sorted(parents), key=fits, default=".")
    return {_joined(base, _plain(name)): objects for name, objects in named.items()}


def _plain(name: str) -> str:
    """A name as tables have it, slashes of this system."""
    return escaped(name.replace("\\", "/"))


def _joined(base: str, name: str) -> str:
    return (PurePosixPath(base) / name).as_posix()
