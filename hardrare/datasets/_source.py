"""What every kind of dataset hands over: labels and names at once, pixels only when asked."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from hardrare.datasets._remote import Place
from hardrare.errors import InputError
from hardrare.tables import Skipped, escaped


@dataclass(frozen=True)
class Box:
    """Where an object lies in its upright image: corners in pixels, or in shares of its sides."""

    left: float
    top: float
    right: float
    bottom: float
    shares: bool = False

    @property
    def area(self) -> float:
        """In pixels, or in shares of the image."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def within(self, width: int, height: int) -> tuple[int, int, int, int] | None:
        """In whole pixels of an image of a size, cut at its edges; None where nothing is left."""
        across, down = (width, height) if self.shares else (1, 1)
        left, top = max(0, math.floor(self.left * across)), max(0, math.floor(self.top * down))
        right = min(width, math.ceil(self.right * across))
        bottom = min(height, math.ceil(self.bottom * down))
        return (left, top, right, bottom) if left < right and top < bottom else None


@dataclass(frozen=True)
class Part:
    """An object of an encoded image: the image, or where it lies, and where in it."""

    of: bytes | Place
    box: Box


Payload = bytes | Place | np.ndarray | Part  # an encoded image, where it lies, its pixels, a part


@dataclass(frozen=True)
class Split:
    """One split of a dataset, its pixels still unread.

    Attributes:
        label: `(N,)` whole numbers, -1 where unknown.
        file_name: N relative POSIX paths.
        read: ascending positions `(n,)` to an iterator over their n payloads.
        part: N names of the part of the source (train, test, ...) that each lies in; none where
            it has no parts.
        colour: every image becomes RGB; otherwise a split of grey images only stays grey.
    """

    label: np.ndarray
    file_name: Sequence[str]
    read: Callable[[np.ndarray], Iterator[Payload]]
    colour: bool = False
    part: Sequence[str] = ()


@dataclass(frozen=True)
class Source:
    """A dataset as found.

    Attributes:
        train: the training split.
        test: the test split, None where it has but one.
        classes: names of the labels 0..K-1.
        skipped: what was found and is in no split.
        others: further parts by name, such as a validation set.
        objects: image to the objects in it, of sources that have boxes (see `_objects`).
        by_folders: the labels are names of folders that images lie in, which nobody called labels.
    """

    train: Split
    test: Split | None
    classes: list[str]
    skipped: list[Skipped] = field(default_factory=list)
    others: dict[str, Split] = field(default_factory=dict)
    objects: Mapping[str, Sequence[Any]] | None = None
    by_folders: bool = False

    def parts(self) -> dict[str, Split]:
        """All splits by their name; one that stands alone has the name ""."""
        if self.test is None and not self.others:
            return {"": self.train}
        test = {} if self.test is None else {"test": self.test}
        return {"train": self.train} | test | self.others


def whole(source: Source) -> Split:
    """All splits of a source as one, in the order of their names; each sample knows its part."""
    splits = source.parts()
    if len(splits) == 1:
        return source.train
    names = sorted(splits)
    ends = np.cumsum([len(splits[name].label) for name in names])

    def read(positions: np.ndarray) -> Iterator[Payload]:
        for name, end in zip(names, ends, strict=True):
            start = end - len(splits[name].label)
            here = positions[slice(*np.searchsorted(positions, (start, end)))]
            yield from splits[name].read(here - start)

    return Split(
        label=np.concatenate([splits[name].label for name in names]),
        file_name=[file for name in names for file in splits[name].file_name],
        read=read,
        colour=source.train.colour,
        part=[
            role for name in names for role in splits[name].part or [name] * len(splits[name].label)
        ],
    )


def skip(name: str, reason: str) -> Skipped:
    """A row of what was left out, its name as one line of text (see `tables.names`)."""
    return Skipped(escaped(name), reason)


def array_split(image: np.ndarray, label: np.ndarray | None, file_name: Sequence[str]) -> Split:
    """A split whose pixels are in memory.

    Args:
        image: `(N, H, W, C)` uint8.
        label: `(N,)` whole numbers; None = unknown.
        file_name: N relative POSIX paths.
    """
    known = np.full(len(image), -1) if label is None else label
    return Split(known, file_name, partial(_rows, image))


def file_split(
    root: Place, names: Sequence[str], label: np.ndarray, part: Sequence[str] = ()
) -> Split:
    """A split of image files below a folder, every one as RGB."""
    told = [escaped(name) for name in names]
    return Split(label, told, partial(_files, root, names), colour=True, part=part)


def _rows(image: np.ndarray, positions: np.ndarray) -> Iterator[np.ndarray]:
    return (image[i] for i in positions)


def _files(root: Place, names: Sequence[str], positions: np.ndarray) -> Iterator[Place]:
    return (root / names[i] for i in positions)


def made_up_names(prefix: str, n: int) -> list[str]:
    """Stable file names for samples that have none: `prefix/00012.png`."""
    width = max(5, len(str(n - 1)))
    return [f"{prefix}/{i:0{width}d}.png" for i in range(n)]


def numbered_classes(*labels: np.ndarray | None) -> list[str]:
    """Class names `"0"`, `"1"`, ... up to the highest label of any split; none without labels."""
    highest = max((int(label.max(initial=-1)) for label in labels if label is not None), default=-1)
    return [str(k) for k in range(highest + 1)]


def needed(path: Place | None, dataset: str) -> Place:
    """The path of a dataset that cannot do without one.

    Raises:
        InputError: it is null.
    """
    if path is None:
        raise InputError(f"dataset {dataset} needs prepare.path; name where its files lie.")
    return path
