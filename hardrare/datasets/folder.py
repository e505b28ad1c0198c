"""A directory of image files: flat or nested, one folder per class, with or without a table."""

from pathlib import PurePosixPath

import numpy as np

from hardrare.datasets._labels import numbered, read_labels
from hardrare.datasets._matching import Labels, Names, NoLabels
from hardrare.datasets._parts import class_of, part_of, parts_of, role_of
from hardrare.datasets._remote import Place
from hardrare.datasets._source import Source, Split, file_split, needed, skip
from hardrare.datasets._walk import A_TABLE, METADATA, Found, walk
from hardrare.errors import InputError
from hardrare.tables import escaped


def folder(path: Place | None) -> Source:
    """Every image file below a directory as RGB, by its content whatever its ending.

    Links are followed, and each file is taken once. Folders named train, val, test and the like
    are parts if nothing else lies beside them; otherwise a folder is a class. A label comes from
    the nearest `metadata.csv`, `.jsonl` or `.parquet` above the image that has columns of file
    names (relative to itself) and labels, otherwise from the class folder that the image lies
    in. Everything that is not an image is in `skipped`.

    Args:
        path: the directory, or the address of one.

    Raises:
        InputError: it is no folder or holds no image.
        OSError: it may not be read.
    """
    root = needed(path, "folder")
    walked = walk(root)
    if not walked.images:
        first = next(iter(walked.skipped), None)
        what = f" ({first.file_name}: {first.reason})" if first else ", nor any other file"
        raise InputError(
            f"{root}: holds no image (JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC, AVIF, ...){what}; "
            "name a folder that does."
        )
    tables = _tables(root, walked)
    told = [escaped(name) for name in walked.images]
    base, parts = parts_of(told)
    label, classes = numbered([_label(name, base, parts, tables) for name in told])
    split = file_split(root, walked.images, label)
    if not parts:
        return Source(split, None, classes, walked.skipped, by_folders=not tables)
    within = np.array([part_of(name, base) for name in told])
    splits = {part: _split(root, walked.images, label, within, part) for part in parts}
    train = next(part for part in parts if role_of(part) == "train")
    test = next((part for part in parts if role_of(part) == "test"), None)
    others = {part: splits[part] for part in parts if part not in (train, test)}
    held = splits[test] if test else None
    return Source(splits[train], held, classes, walked.skipped, others, by_folders=not tables)


def _split(
    root: Place, names: list[str], label: np.ndarray, within: np.ndarray, part: str
) -> Split:
    """The images of one part."""
    at = np.flatnonzero(within == part)
    return file_split(root, [names[k] for k in at], label[at], [part] * len(at))


def _tables(root: Place, walked: Found) -> dict[str, Labels]:
    """The labels of each folder with a metadata file, by names relative to the root."""
    tables: dict[str, Labels] = {}
    there, read = Names([escaped(name) for name in walked.images]), set()
    for name in sorted(walked.metadata, key=lambda file: METADATA.index(PurePosixPath(file).name)):
        parent = PurePosixPath(name).parent
        if parent in read:
            walked.skipped.append(skip(name, "metadata beside another"))
            continue
        try:
            labels, table = read_labels(root / name)
            inside = {(parent / name).as_posix(): label for name, label in labels.items()}
            matched, lost = there.match(inside, root)
        except NoLabels as reason:
            walked.skipped.append(skip(name, f"metadata not used: {reason}"))
            continue
        read.add(parent)
        walked.skipped.append(skip(name, A_TABLE))
        walked.skipped += there.absent(lost, walked.skipped, name)
        if table.has_label:
            tables[parent.as_posix()] = matched
    return tables


def _label(name: str, base: str, parts: list[str], tables: dict[str, Labels]) -> str | None:
    """The label of one image: of the nearest table, or its class folder."""
    for parent in PurePosixPath(name).parents:
        if parent.as_posix() in tables:
            return tables[parent.as_posix()].get(name)
    return class_of(name, base, parts)
