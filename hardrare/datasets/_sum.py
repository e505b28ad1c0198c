"""The sum over everything that was found: each file is in exactly one list."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from hardrare.datasets._load import Loaded
from hardrare.several import several

# What is said of a kind of reason; kinds without an entry are said as they are.
WORDS = {
    "same file by link": "copies of the same file by link",
    "same folder by link": "links to folders that were read by another name",
    "link to a folder around this one": "links to folders around this one",
    "empty": "could not be read",
    "damaged": "could not be read",
    "too large": "could not be read",
    "cannot be read": "could not be read",
    "folder cannot be read": "folders that could not be read",
    "file cannot be read": "files of images that could not be read",
    "broken link": "by a broken link",
    "no image": "no image",
    "no file": "no file",
    "hidden": "hidden or of the system",
    "of the system": "hidden or of the system",
    "read as a table": "tables of labels",
    "metadata not used": "tables that are not used",
    "metadata beside another": "tables that are not used",
    "in a part that is neither training nor test": "in parts that are neither training nor test",
}
SINGULAR = {
    "copies": "copy", "links": "link", "folders": "folder", "tables": "table", "classes": "class",
    "files": "file",
}  # fmt: skip
NAMED = 5  # images that are named before the rest is counted
NOT_THERE = "not there"  # named in a table or list: no file at all


def told(loaded: Loaded) -> list[str]:
    """Sentences for people: the sum, what is none of it, and how pictures were read."""
    training, test, skipped = len(loaded.train.label), len(loaded.test.label), loaded.skipped
    kinds = Counter(WORDS.get(row.kind, row.kind) for row in skipped if row.kind != NOT_THERE)
    held = {"held out for tests": test, "not drawn (prepare.limit)": loaded.undrawn}
    parts = {"ranked": training} | held | dict(sorted(kinds.items(), key=lambda entry: -entry[1]))
    words = ", ".join(_counted(n, what) for what, n in parts.items() if n or what == "ranked")
    lines = [f"{_counted(sum(parts.values()), 'files')}: {words}", *_kind(loaded)]
    if absent := sum(row.kind == NOT_THERE for row in skipped):
        lines.append(f"{absent:,} named in a table or list {_verb(absent, 'are', 'is')} not there")
    return [*lines, *_labels(loaded), *_frames(loaded), *_wide(loaded)]


def _kind(loaded: Loaded) -> list[str]:
    """The size of images that all have it and keep it, and how many classes they have."""
    height, width, channels = loaded.train.image.shape[1:]
    sizes = {(row.get("width", width), row.get("height", height)) for row in loaded.rows}
    classes = len(loaded.train.classes)
    words = [f"images of {width}x{height}x{channels}"] * (sizes == {(width, height)})
    of = _counted(classes, "folders" if loaded.by_folders else "classes")
    within = f"{'in' if loaded.by_folders else 'labels of'} {of}"
    words += [within] * (classes > 0)
    return [", ".join(words)] if words else []


def _counted(n: int, what: str) -> str:
    """A number and its words, which begin with the plural of a noun or with none."""
    first, _, rest = what.partition(" ")
    if n == 1:
        first = SINGULAR.get(first, first)
    return f"{n:,} {first} {rest}".rstrip()


def _verb(n: int, many: str, single: str) -> str:
    return single if n == 1 else many


def _labels(loaded: Loaded) -> list[str]:
    """Which images go on without a label where others have one."""
    without = np.flatnonzero(loaded.train.label < 0)
    if len(without) in (0, len(loaded.train.label)) or loaded.by_folders:
        return []
    names = [loaded.train.file_name[at] for at in without[:NAMED]]
    more = f" and {len(without) - NAMED:,} more" if len(without) > NAMED else ""
    go = _verb(len(without), "go", "goes")
    return [f"{len(without):,} without a label, which {go} on without: {', '.join(names)}{more}"]


def _frames(loaded: Loaded) -> list[str]:
    """Which files hold several pictures, and how many of these were left."""
    rows = zip(loaded.train.file_name, loaded.rows, strict=True)
    said = several((name, row.get("format"), row.get("frames")) for name, row in rows)
    return [said] if said else []


def _wide(loaded: Loaded) -> list[str]:
    """What became black and white of pixels of more than 8 bits, and which image is the first."""
    if not loaded.wide:
        return []
    at = [k for k, key in enumerate(loaded.keys) if key is None]  # they are never known again
    said = "pixels of more than 8 bits, black to white (prepare.range)"
    many = f"{len(at):,} of {said}, {_first(loaded, at)}" if at else said
    return [f"{many}: {loaded.wide}"]


def _first(loaded: Loaded, at: Sequence[int]) -> str:
    """The first of some images, by name."""
    return f"{'first ' * (len(at) > 1)}{min(loaded.train.file_name[k] for k in at)}"
