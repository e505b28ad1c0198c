"""What every kind of dataset hands over: labels and names at once, pixels only when asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from hardrare.errors import InputError

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
    """A dataset as found: its splits (`test` is None where it has but one) and class names."""

    train: Split
    test: Split | None
    classes: list[str]


def array_split(image: np.ndarray, label: np.ndarray | None, file_name: Sequence[str]) -> Split:
    """A split whose pixels are in memory.

    Args:
        image: `(N, H, W, C)` uint8.
        label: `(N,)` whole numbers; None = unknown.
        file_name: N relative POSIX paths.
    """
    known = np.full(len(image), -1) if label is None else label
    return Split(known, file_name, partial(_rows, image))


def _rows(image: np.ndarray, positions: np.ndarray) -> Iterator[np.ndarray]:
    return iter(image[positions])


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
