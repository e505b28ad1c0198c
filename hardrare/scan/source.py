"""What is to be scanned: of which kind it is, how many images, how large, and from when."""

import hashlib
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from hardrare.datasets._labels import relabelled
from hardrare.datasets._source import Payload, Source
from hardrare.datasets.folder import folder
from hardrare.datasets.idx import holds_idx, idx
from hardrare.datasets.parquet import holds_parquet, parquet
from hardrare.datasets.paths import paths
from hardrare.errors import InputError

LOOKED_AT = 64  # images whose size is read
FOLDERS = "folders"  # the word for labels by class folders
READERS: dict[str, Callable[[Path | None], Source]] = {
    "folder": folder, "paths": paths, "parquet": parquet, "idx": idx,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A source as found.

    Attributes:
        dataset: its kind, a value of `prepare.dataset`.
        count: images of its training split, read or not.
        side: the smaller side of the median image, in pixels.
        mark: changes when the source's files change.
    """

    dataset: str
    count: int
    side: int
    mark: str


def look(path: Path, labels: str | None) -> Found:
    """See what is there; of the images only a few headers are read.

    Args:
        path: a folder of images, a text file of paths, Parquet files or IDX files.
        labels: a table of labels, the word `folders`, or None to go without.

    Raises:
        InputError: nothing of the kind, or labels that do not cover it.
    """
    dataset, source = _opened(path)
    _require_labels(source, path, labels)
    count = len(source.train.label)
    every = np.unique(np.linspace(0, count - 1, min(count, LOOKED_AT)).astype(int))
    sides = [side for payload in source.train.read(every) if (side := _side(payload))]
    side = int(np.median(sides)) if sides else 0
    return Found(dataset, count, side, _mark(path, source))


def _opened(path: Path) -> tuple[str, Source]:
    """The kind of a source, and the source: images in folders first, else what else lies there."""
    if not path.exists():
        raise InputError(f"{path} does not exist; name a folder of images.")
    if path.is_file():
        kind = "parquet" if holds_parquet(path) else "paths"
        return kind, READERS[kind](path)
    try:
        return "folder", folder(path)
    except InputError:
        others = {"idx": holds_idx, "parquet": holds_parquet}
        kind = next((name for name, holds in others.items() if holds(path)), None)
        if kind is None:
            raise
        return kind, READERS[kind](path)


def _require_labels(source: Source, path: Path, labels: str | None) -> None:
    """Refuse labels that leave an image or a second class out."""
    if labels is None:
        return
    found = source if labels == FOLDERS else relabelled(source, Path(labels))
    without, classes = int((found.train.label < 0).sum()), len(found.classes)
    if without or classes < 2:
        what = f"{without:,} images without a label" if without else "fewer than two classes"
        raise InputError(
            f"--labels {labels}: leaves {what} in {path}; label all of them, or leave --labels out."
        )


def _side(payload: Payload) -> int:
    """The smaller side of an image, 0 where it is none."""
    if isinstance(payload, np.ndarray):
        return min(payload.shape[:2])
    try:
        with Image.open(io.BytesIO(payload) if isinstance(payload, bytes) else payload) as image:
            return min(image.size)
    except Exception:
        return 0


def _mark(path: Path, source: Source) -> str:
    """A digest of names, sizes and times of change of the source's files."""
    digest = hashlib.blake2b(digest_size=12)
    count = len(source.train.label)
    first = next(iter(source.train.read(np.arange(min(count, 1)))), None)
    if isinstance(first, Path):
        files = source.train.read(np.arange(count))
    else:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in itertools.chain(files, [path] if path.is_file() else []):
        try:
            stat = file.stat()
            digest.update(f"{file}|{stat.st_size}|{stat.st_mtime_ns}\n".encode("utf-8", "replace"))
        except OSError:
            digest.update(f"{file}|gone\n".encode("utf-8", "replace"))
    for one in source.skipped:
        digest.update(f"{one}\n".encode("utf-8", "replace"))
    return digest.hexdigest()
