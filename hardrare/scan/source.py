"""What is to be scanned: of which kind it is, how many images, how large, and what they hold."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hardrare.datasets import (
    A_TABLE,
    ELSEWHERE,
    LITTER,
    Part,
    Payload,
    Place,
    Remote,
    Source,
    cropped,
    forget,
    quiet,
    relabelled,
    whole,
)
from hardrare.datasets.coco import coco, holds_coco
from hardrare.datasets.folder import folder
from hardrare.datasets.huggingface import holds_huggingface, huggingface
from hardrare.datasets.idx import holds_idx, idx
from hardrare.datasets.parquet import holds_parquet, parquet
from hardrare.datasets.paths import paths
from hardrare.datasets.webdataset import holds_webdataset, webdataset
from hardrare.datasets.yolo import holds_yolo, yolo
from hardrare.errors import InputError
from hardrare.runner.contents import Contents, digest_of
from hardrare.scan.asked import OWN, resolved
from hardrare.scan.labelled import taken
from hardrare.tables import unescaped

LOOKED_AT = 64  # images whose size is read
READERS: dict[str, Callable[[Any], Source]] = {
    "folder": folder, "paths": paths, "parquet": parquet, "idx": idx, "coco": coco, "yolo": yolo,
    "webdataset": webdataset, "huggingface": huggingface,
}  # fmt: skip
Holds = Callable[[Any], bool]
Fits = Callable[[Sequence[str]], None]  # of the names of images: may refuse them
# What a path may be besides a folder of images or a list of paths, in the order of the questions:
# with images in it, and without. img2dataset lays tables of Parquet beside its tar files.
WITH_BOXES: dict[str, Holds] = {"yolo": holds_yolo, "coco": holds_coco}
WITHOUT: dict[str, Holds] = {
    "idx": holds_idx, "huggingface": holds_huggingface, "webdataset": holds_webdataset,
    "parquet": holds_parquet,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A source as found.

    Attributes:
        dataset: its kind, a value of `prepare.dataset`.
        count: images of its training split, read or not.
        side: the smaller side of the median image, in pixels.
        mark: a digest of what decides the result: the content of the images and of the tables
            of labels, and what is skipped but what systems leave.
        labels: what is taken as labels, in one sentence; may be empty.
    """

    dataset: str
    count: int
    side: int
    mark: str
    labels: str = ""


def look(
    path: Place,
    labels: str | None,
    contents: Contents,
    least: int,
    crops: bool = False,
    fits: Fits | None = None,
) -> Found:
    """See what is there; of the images a few headers are read, and the bytes of those that changed.

    Args:
        path: a folder of images, a text file of paths, files of COCO, YOLO, Parquet, IDX, tar
            files of WebDataset, or a saved dataset of Hugging Face; or an address.
        labels: a table of labels, a word for those of the source, or None to go without.
        contents: what is known of the files.
        least: images that a scan needs.
        crops: each object is an image.
        fits: is given the names of all images, read or not, before the bytes of one are read.

    Raises:
        InputError: nothing of the kind, too few, what `fits` refuses, labels that do not cover it.
    """
    forget()
    dataset, source = _opened(path)
    source = cropped(source, str(path)) if crops else source
    everything = whole(source)
    count = len(everything.label)
    if count < least:
        raise InputError(
            f"{path} holds {count} image file{'s' * (count != 1)}, a scan needs at least {least}; "
            "add some, or name the folder above."
        )
    if fits:
        fits(everything.file_name)
    labelled = source if labels in (None, *OWN) else relabelled(
        source, resolved(labels), path, f"--labels {labels}")  # fmt: skip
    _require_labels(labelled, path, labels, least)
    every = np.unique(np.linspace(0, count - 1, min(count, LOOKED_AT)).astype(int))
    sides = [side for payload in everything.read(every) if (side := _side(payload))]
    side = int(np.median(sides)) if sides else 0
    mark = _mark(path, source, labels, contents)
    return Found(dataset, count, side, mark, taken(labelled, labels))


def _opened(path: Place) -> tuple[str, Source]:
    """The kind of a source, and the source: images with boxes, images, what else lies there."""
    if not path.exists():
        raise InputError(f"{path} does not exist; name a folder of images.")
    kind = None if isinstance(path, Remote) else _holding(path, WITH_BOXES)
    if kind is None and path.is_file():
        kind = _holding(path, WITHOUT) or "paths"
    if kind is not None:
        return kind, READERS[kind](path)
    try:
        return "folder", folder(path)
    except InputError:
        kind = _holding(path, WITHOUT)
        if kind is None:
            raise
        return kind, READERS[kind](path)


def _holding(path: Place, kinds: Mapping[str, Holds]) -> str | None:
    asked = kinds if isinstance(path, Path) else kinds.keys() & ELSEWHERE
    return next((name for name in kinds if name in asked and kinds[name](path)), None)


def _require_labels(source: Source, path: Place, labels: str | None, least: int) -> None:
    """Refuse labels of too few images or of one class; where some are missing, the first is named.

    Images without a label are ranked as the others are, but none of theirs can be doubted.
    """
    if labels is None:
        return
    everything = whole(source)
    without, classes = np.flatnonzero(everything.label < 0), len(source.classes)
    known = len(everything.label) - len(without)
    if known < least or classes < 2:
        first = (
            f" (the first without is {everything.file_name[without[0]]})" if len(without) else ""
        )
        what = "fewer than two classes" if classes < 2 else f"{known:,} images"
        raise InputError(
            f"--labels {labels}: gives labels of {what} in {path}{first}, a scan with labels needs "
            f"{least} images of two classes at least; label more, or leave --labels out."
        )


def _side(payload: Payload) -> int:
    """The smaller side of an image, 0 where it is none."""
    if isinstance(payload, np.ndarray):
        return min(payload.shape[:2])
    payload = payload.of if isinstance(payload, Part) else payload
    try:
        payload = payload.read_bytes() if isinstance(payload, Remote) else payload
        encoded = io.BytesIO(payload) if isinstance(payload, bytes) else payload
        with quiet(), Image.open(encoded) as image:
            return min(image.size)
    except Exception:
        return 0


def _mark(path: Place, source: Source, labels: str | None, contents: Contents) -> str:
    """A digest of what the source's images and tables hold, by their names.

    What systems leave (`.DS_Store`, thumbnails) is listed when there is something to do, and
    gives nothing to do by itself.
    """
    skipped = sorted([s.file_name, s.reason] for s in source.skipped if s.kind not in LITTER)
    table = "" if labels in (None, *OWN) else contents.file(resolved(labels))
    if isinstance(path, Remote):  # by what its server tells of size and time
        return digest_of([path.listed(), skipped, table])
    everything = whole(source)
    payloads = everything.read(np.arange(len(everything.label)))
    first = next(payloads, None)
    if isinstance(_file_of(first), Path):
        files = list(dict.fromkeys([_file_of(first), *map(_file_of, payloads)]))
        files += [path / unescaped(s.file_name) for s in source.skipped if s.reason == A_TABLE]
        files += [path] if source.objects is not None and path.is_file() else []
    else:
        files = [path] if path.is_file() else sorted(_visible(path))
    names = [_plain(file) for file in files]
    return digest_of([names, contents.files(files), skipped, table])


def _file_of(payload: Payload | None) -> Payload | None:
    """Where an image lies, or what lies there in its place."""
    return payload.of if isinstance(payload, Part) else payload


def _visible(folder: Path) -> Iterator[Path]:
    """The files below a folder that nobody hid."""
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden:
            yield file


def _plain(path: Path) -> str:
    """A path as text that JSON and UTF-8 can hold."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
