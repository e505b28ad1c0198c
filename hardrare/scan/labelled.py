"""What a scan takes as labels, in one sentence with how to have it otherwise.

Nothing is a label that nobody called one: the names of subfolders may be classes, and as well
dates, cameras or people. So they are taken where `--labels folders` asks for it, and never else.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hardrare.datasets import NOT_THERE, Source, whole
from hardrare.scan.asked import ANNOTATIONS, FOLDERS, OWN

NAMED = 4  # classes that are named before the rest is counted
# Names of folders that say when, or which camera, rather than what.
WHEN = re.compile(
    r"(19|20)\d\d([-_. ]?\d\d){0,2}|\d{1,2}|\d{3}[A-Z_]{5}|dcim|img|images?|photos?|pictures?"
    r"|camera|new folder.*|untitled.*|misc|other|backup|.*\d{4}[-_. ]\d\d[-_. ]\d\d.*",
    re.IGNORECASE,
)
FEW = 2  # images of a class, below which it is hardly one


def plausible(classes: Sequence[str], label: np.ndarray) -> bool:
    """Whether names of folders may be classes.

    They may unless most of them say when or by which camera, or most hold a single image. Digits
    count as classes where they are 0 to 9, as handwritten ones are.

    Args:
        classes: K names.
        label: `(N,)` places in them, -1 = none.

    Examples:
        >>> plausible(["cat", "dog"], np.array([0, 0, 1, 1, -1]))
        True
        >>> plausible(["2021-05", "2021-06"], np.array([0, 0, 1, 1]))
        False
    """
    if len(classes) < 2:
        return False
    counts = np.bincount(label[label >= 0], minlength=len(classes))
    digits = set(classes) <= set("0123456789")
    odd = 0 if digits else sum(WHEN.fullmatch(name) is not None for name in classes)
    return 2 * odd <= len(classes) and 2 * int((counts < FEW).sum()) <= len(classes)


def taken(source: Source, labels: str | None) -> str:
    """The sentence; empty where there is nothing that could be a label.

    Args:
        source: with the labels that are taken, or that could be.
        labels: as the option gave it, None where it was not given.
    """
    label, classes = whole(source).label, source.classes
    known, many = int((label >= 0).sum()), len(classes)
    if not known or (source.by_folders and many < 2 and labels is None):
        return ""
    names = _some(classes)
    some = f"{known:,} of {len(label):,} images"
    if labels is None:
        word = FOLDERS if source.by_folders else ANNOTATIONS
        what = f"{many:,} subfolders" if source.by_folders else f"Labels of {many:,} classes"
        return f"{what} ({names}): not taken as labels, --labels {word} takes them."
    if labels in OWN and source.by_folders:
        doubt = "" if plausible(classes, label) else ", though they hardly look like classes"
        said = f"the names of {many:,} subfolders ({names}){doubt}"
    else:
        said = "of the source" if labels in OWN else Path(labels).name  # however it was named
        said += f", {many:,} classes ({names})"
    return f"Labels: {said}, for {some}; without --labels none is taken.{_doubts(source, label)}"


def _doubts(source: Source, label: np.ndarray) -> str:
    """What looks misspelt: names that are no image here, and classes of a single image."""
    absent = [row.file_name for row in source.skipped if row.reason.startswith(NOT_THERE)]
    counts = np.bincount(label[label >= 0], minlength=len(source.classes))
    alone = [name for name, n in zip(source.classes, counts, strict=False) if n == 1]
    said = ""
    if absent:
        verb = "names are" if len(absent) > 1 else "name is"
        said += f" {len(absent):,} {verb} no image here: {_some(absent)}."
    if alone and len(alone) < len(source.classes):
        said += f" Of a single image: {_some(alone)}."
    return said


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
