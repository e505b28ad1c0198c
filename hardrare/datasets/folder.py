"""A directory of image files: flat or nested, one folder per class, with or without a table."""

from pathlib import Path, PurePosixPath

from hardrare.datasets._labels import Labels, NoLabels, absent, numbered, read_labels
from hardrare.datasets._source import Source, file_split, needed, skip
from hardrare.datasets._walk import METADATA, SUFFIXES, Found, walk
from hardrare.errors import InputError

TRAIN, TEST = "train", "test"


def folder(path: Path | None) -> Source:
    """Image files as RGB; the first frame of those with several.

    Where the directory has a folder `train`, that is the training split and `test`
    the test split; nothing else is read. A label comes from the nearest `metadata.csv`,
    `.jsonl` or `.parquet` above the image that has columns `file_name` (relative to
    itself) and `label`, otherwise from the first folder of the split that the image lies
    in; directly in the split it has none. Everything that is not read is in `skipped`:
    files of other kinds, hidden ones, links.

    Args:
        path: the directory.

    Raises:
        InputError: it is no folder, or it or one of its splits holds no image.
        OSError: it may not be read.
    """
    root = needed(path, "folder")
    found = walk(root)
    tables = _tables(root, found)
    given_splits = [part for part in (TRAIN, TEST) if (root / part).is_dir()]
    parts = _splits(found, given_splits) if TRAIN in given_splits else {"": found.images}
    for part, names in parts.items():
        if not names:
            raise InputError(
                f"{root / part}: holds no image ({', '.join(s[1:] for s in SUFFIXES)}); "
                "set prepare.path to a folder that does."
            )
    given, classes = numbered(
        *([_label(n, part, tables) for n in names] for part, names in parts.items())
    )
    splits = [
        file_split(root, names, label) for names, label in zip(parts.values(), given, strict=True)
    ]
    return Source(splits[0], splits[1] if len(splits) > 1 else None, classes, found.skipped)


def _splits(found: Found, names: list[str]) -> dict[str, list[str]]:
    """The images in each folder of a split; those beside them are skipped."""
    parts: dict[str, list[str]] = {name: [] for name in names}
    for name in found.images:
        top = name.partition("/")[0]
        if "/" in name and top in parts:
            parts[top].append(name)
        else:
            found.skipped.append(skip(name, "beside train and test"))
    return parts


def _tables(root: Path, found: Found) -> dict[str, Labels]:
    """The labels of each folder with a metadata file, by names relative to the root."""
    tables: dict[str, Labels] = {}
    there, read = set(found.images), set()
    for name in sorted(found.metadata, key=lambda one: METADATA.index(PurePosixPath(one).name)):
        parent = PurePosixPath(name).parent
        if parent in read:
            found.skipped.append(skip(name, "metadata beside another"))
            continue
        try:
            labels, has_label = read_labels(root / name)
        except NoLabels as reason:
            found.skipped.append(skip(name, f"metadata not used: {reason}"))
            continue
        read.add(parent)
        inside = {(parent / one).as_posix(): label for one, label in labels.items()}
        found.skipped += absent(inside, there, found.skipped, name)
        if has_label:
            tables[parent.as_posix()] = inside
    return tables


def _label(name: str, part: str, tables: dict[str, Labels]) -> str | None:
    """The label of one image: of the nearest table, or its class folder."""
    for parent in PurePosixPath(name).parents:
        if parent.as_posix() in tables:
            return tables[parent.as_posix()].get(name)
    folders = PurePosixPath(name).relative_to(part).parts[:-1]
    return folders[0] if folders else None
