"""IDX files, the format of MNIST: `train-images-idx3-ubyte[.gz]` and its kin."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from hardrare.datasets._source import (
    Source,
    Split,
    array_split,
    made_up_names,
    needed,
    numbered_classes,
)
from hardrare.errors import InputError

UNSIGNED_BYTES = 0x08
PARTS = "train", "t10k"  # as MNIST and its kin name the files of training and test images


def idx(path: Path | None, name: str = "idx") -> Source:
    """Grey images from a folder of IDX files; labels and the test split may be absent.

    Test images that stand alone are taken as what there is to train on.

    Args:
        path: the folder.
        name: prefix of the made-up file names: `idx/train/00012.png`.

    Raises:
        InputError: no training images there, or a file is damaged or does not fit the others.
    """
    folder = needed(path, name)
    parts = [part for part in PARTS if _file(folder, f"{part}-images-idx3")]
    if not parts:
        raise InputError(
            f"{folder}: holds no train-images-idx3-ubyte or train-images-idx3-ubyte.gz; "
            "name the folder that does."
        )
    alone = len(parts) == 1
    train, train_label = _split(folder, parts[0], name if alone else f"{name}/train")
    test, test_label = (None, None) if alone else _split(folder, parts[1], f"{name}/test")
    return Source(train, test, numbered_classes(train_label, test_label))


def holds_idx(path: Path) -> bool:
    """Whether a path is a folder with images as IDX."""
    return any(_file(path, f"{part}-images-idx3") for part in PARTS)


def _file(folder: Path, stem: str) -> Path | None:
    """The file of a part, plain before gzipped; None where there is neither."""
    candidates = (folder / f"{stem}-ubyte{end}" for end in ("", ".gz"))
    return next((file for file in candidates if file.is_file()), None)


def _split(folder: Path, part: str, prefix: str) -> tuple[Split, np.ndarray | None]:
    """One split and its labels `(N,)`, None where the folder has none."""
    file, label_file = _file(folder, f"{part}-images-idx3"), _file(folder, f"{part}-labels-idx1")
    image = read_idx(file, 3)
    label = None if label_file is None else read_idx(label_file, 1).astype(np.int64)
    if label is not None and len(label) != len(image):
        raise InputError(
            f"{label_file} holds {len(label)} labels for the {len(image)} images of {file}; "
            "take both from one place."
        )
    return array_split(image[..., None], label, made_up_names(prefix, len(image))), label


def read_idx(file: Path, dimensions: int) -> np.ndarray:
    """An IDX file of unsigned bytes (format: yann.lecun.com/exdb/mnist).

    Big-endian: two zero bytes, the type, the number of dimensions D, D sizes of four
    bytes each, then the values.

    Args:
        file: plain, or gzipped where its name ends in `.gz`.
        dimensions: what it must have, 3 for images and 1 for labels.

    Returns:
        uint8 array of that many dimensions, read-only.

    Raises:
        InputError: another format, cut short, too long, or damaged gzip.
    """
    raw = _raw(file)
    magic = struct.pack("BBBB", 0, 0, UNSIGNED_BYTES, dimensions)
    if raw[:4] != magic:
        raise InputError(
            f"{file}: starts with {raw[:4].hex()}, expected {magic.hex()} "
            f"(IDX, unsigned bytes, {dimensions} dimensions); fetch it again."
        )
    start = 4 + 4 * dimensions
    if len(raw) < start:
        raise InputError(f"{file}: ends inside its header; fetch it again.")
    shape = struct.unpack(f">{dimensions}I", raw[4:start])
    if len(raw) - start != math.prod(shape):
        raise InputError(
            f"{file}: holds {len(raw) - start} bytes where its header says {math.prod(shape)}; "
            "fetch it again."
        )
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def _raw(file: Path) -> bytes:
    """All bytes of a file, unzipped where its name says so."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            return stream.read()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file}: cannot be read ({error}); fetch it again.") from None
