"""What is wanted of a dataset, and its source, checked as far as no pixel is needed."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hardrare import plugins
from hardrare.datasets._labels import relabelled
from hardrare.datasets._objects import cropped
from hardrare.datasets._remote import Remote, place
from hardrare.datasets._source import Source, Split
from hardrare.errors import InputError

ELSEWHERE = "folder", "parquet", "webdataset"  # kinds that are read from an address, too


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a dataset.

    Attributes:
        dataset: its kind, the name of a file of this folder.
        path: where its files lie; None = bundled, or torchvision's download.
        labels: a table of `file_name` and `label` that replaces the labels of the source.
        splits: `study` = the parts train and test of a source are training and test images;
            `parts` = all images are training images, and the part is a column.
        limit: size of a stratified subset of the training images; None = all. One of them
            that turns out unusable is not replaced.
        test_limit: the same for the test images.
        test_share: share held out (stratified) where there is no test split, 0..1.
        size: resize to size x size (bicubic with antialiasing); None = as they are.
        picture_side: most pixels along the longest side of the pictures; None = no pictures.
        range: what becomes black and white of pixels of more than 8 bits: `auto` = two
            quantiles of the data, or the two values.
        min_images: fewer usable training images are an error.
        seed: of the hold-out and the subsets, 0 or more; each draws from a stream of its own.
        crops: every object is an image of its own, of sources that have boxes (COCO, YOLO).
    """

    dataset: str
    path: str | None
    labels: str | None
    splits: Literal["study", "parts"]
    limit: int | None
    test_limit: int | None
    test_share: float
    size: int | None
    picture_side: int | None
    range: Literal["auto"] | list[int | float]
    min_images: int
    seed: int
    crops: bool


def source_of(wanted: Wanted) -> Source:
    """Find the source and check what can be checked without a pixel."""
    known = plugins.names(__package__)
    if wanted.dataset not in known:
        raise InputError(f"prepare.dataset is {wanted.dataset!r}; known are {', '.join(known)}.")
    _check(wanted)
    path, labels = (place(p) if p else None for p in (wanted.path, wanted.labels))
    for name, given in (("path", path), ("labels", labels)):
        if given is not None and not given.exists():
            raise InputError(
                f"prepare.{name} {given} does not exist; name an existing file or folder."
            )
    if isinstance(path, Remote) and wanted.dataset not in ELSEWHERE:
        raise InputError(
            f"prepare.path {path}: {wanted.dataset} is read from this machine alone; copy it here, "
            f"or lay it as {', '.join(ELSEWHERE)}."
        )
    module = importlib.import_module(f"hardrare.datasets.{wanted.dataset}")
    source = getattr(module, wanted.dataset)(path)
    source = cropped(source, str(path)) if wanted.crops else source
    for split in source.parts().values():
        _check_labels(split, wanted.dataset, len(source.classes))
    return source if labels is None else relabelled(source, labels, path)


def _check(wanted: Wanted) -> None:
    """Refuse values that no dataset could satisfy."""
    if wanted.seed < 0:
        raise InputError(f"prepare.seed is {wanted.seed}; choose 0 or more.")
    for name in ("size", "picture_side"):
        value = getattr(wanted, name)
        if value is not None and value < 1:
            raise InputError(f"prepare.{name} is {value}; choose 1 or more, or null.")
    limits_of(wanted.range)


def limits_of(given: str | Sequence[float]) -> tuple[float, float] | None:
    """The two values of prepare.range, None for auto."""
    if given == "auto":
        return None
    if len(given) != 2 or not given[0] < given[1]:
        raise InputError(
            f"prepare.range is {given}; choose auto, or the value that is black and a larger "
            "one that is white."
        )
    return float(given[0]), float(given[1])


def _check_labels(split: Split, dataset: str, classes: int) -> None:
    """Refuse an empty split and labels outside -1..K-1."""
    if not len(split.label):
        raise InputError(f"{dataset}: a split holds no image; name a source of which each does.")
    low, high = split.label.min(), split.label.max()
    if low < -1 or high >= classes:
        at = int(np.argmax((split.label < -1) | (split.label >= classes)))
        raise InputError(
            f"{dataset}: {split.file_name[at]} has label {split.label[at]}, expected -1 "
            f"(unknown) to {classes - 1}; mend the labels."
        )
