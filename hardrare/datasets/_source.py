"""What every kind of dataset hands over: labels and names at once, pixels only when asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.tables import Skipped

Payload = bytes | Path | np.ndarray  # an encoded image, where it lies, or its pixels


@dataclass(frozen=True)
class Split:
    """One split of a dataset, its pixels still unread.

    Attributes:
        label: `(N,)` whole numbers, -1 where unknown.
        file_name: N relative POSIX paths.
        read: ascending positions `(n,)` to an iterator over their n payloads.
        colour: every image becomes RGB; otherwise a split of grey images only stays grey.
    """

    label: np.ndarray
    file_name: Sequence[str]
    read: Callable[[np.ndarray], Iterator[Payload]]
    colour: bool = False


@dataclass(frozen=True)
class Source:
    """A dataset as found.

    Attributes:
        train: the training split.
        test: the test split, None where it has but one.
        classes: names of the labels 0..K-1.
        skipped: what was found and is in neither split.
    """

    train: Split
    test: Split | None
    classes: list[str]
    skipped: list[Skipped] = field(default_factory=list)


def skip(name: str, reason: str) -> Skipped:
    r"""A row of what was left out; bytes of a name that are no UTF-8 become `\xff`."""
    raw = name.encode("utf-8", "surrogateescape")
    return Skipped(raw.decode("utf-8", "backslashreplace"), reason)


def array_split(image: np.ndarray, label: np.ndarray | None, file_name: Sequence[str]) -> Split:
    """A split whose pixels are in memory.

    Args:
        image: `(N, H, W, C)` uint8.
        label: `(N,)` whole numbers; None = unknown.
        file_name: N relative POSIX paths.
    """
    known = np.full(len(image), -1) if label is None else label
    return Split(known, file_name, partial(_rows, image))


def file_split(root: Path, names: Sequence[str], label: np.ndarray) -> Split:
    """A split of image files below a folder, every one as RGB."""
    return Split(label, names, partial(_files, root, names), colour=True)


def _rows(image: np.ndarray, positions: np.ndarray) -> Iterator[np.ndarray]:
    return (image[i] for i in positions)


def _files(root: Path, names: Sequence[str], positions: np.ndarray) -> Iterator[Path]:
    return (root / names[i] for i in positions)


def made_up_names(prefix: str, n: int) -> list[str]:
    """Stable file names for samples that have none: `prefix/00012.png`."""
    width = max(5, len(str(n - 1)))
    return [f"{prefix}/{i:0{width}d}.png" for i in range(n)]


def numbered_classes(*labels: np.ndarray | None) -> list[str]:
    """Class names `"0"`, `"1"`, ... up to the highest label of any split; none without labels."""
    highest = max((int(one.max(initial=-1)) for one in labels if one is not None), default=-1)
    return [str(k) for k in range(highest + 1)]


def needed(path: Path | None, dataset: str) -> Path:
    """The path of a dataset that cannot do without one.

    Raises:
        InputError: it is null.
    """
    if path is None:
        raise InputError(f"dataset {dataset} needs prepare.path; name where its files lie.")
    return path
