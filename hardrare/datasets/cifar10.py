"""CIFAR-10: 60,000 colour images of 32x32 in ten classes (Krizhevsky, 2009)."""

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.datasets._local import local
from hardrare.datasets._source import Source, Split, array_split
from hardrare.datasets._torchvision import download
from hardrare.errors import InputError

CLASSES = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
]
BATCHES = "cifar-10-batches-py"
UNREADABLE = (
    OSError,
    EOFError,
    pickle.UnpicklingError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)
TRAIN = [f"data_batch_{k}" for k in range(1, 6)]


def cifar10(path: Path | None) -> Source:
    """CIFAR-10 from a local path, or downloaded by torchvision where it is null.

    Args:
        path: Parquet, or the folder of the authors' Python batches (which torchvision
            keeps as `cifar-10-batches-py/`).
    """
    root = download("CIFAR10") if path is None else path
    for folder in (root / BATCHES, root):
        if (folder / TRAIN[0]).is_file():
            test = _split(folder, "test", ["test_batch"])
            return Source(_split(folder, "train", TRAIN), test, CLASSES)
    return replace(local(root, "cifar10"), classes=CLASSES)


def _split(folder: Path, split: str, names: list[str]) -> Split:
    """The images of some batches; planes of red, green and blue become `(N, 32, 32, 3)`."""
    batches = [_batch(folder / name) for name in names]
    planes = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
    label = np.concatenate([np.asarray(batch[b"labels"], np.int64) for batch in batches])
    files = [f"{split}/{name.decode()}" for batch in batches for name in batch[b"filenames"]]
    return array_split(planes.transpose(0, 2, 3, 1), label, files)


def _batch(file: Path) -> dict[bytes, Any]:
    """One batch: data `(n, 3072)` uint8, n labels and n file names."""
    try:
        with file.open("rb") as stream:
            batch = _ArraysOnly(stream, encoding="bytes").load()
        sizes = [len(batch[part]) for part in (b"data", b"labels", b"filenames")]
        shape = batch[b"data"].shape
    except UNREADABLE as error:
        raise InputError(
            f"{file}: no readable CIFAR-10 batch ({type(error).__name__}); fetch it again."
        ) from None
    if len(set(sizes)) > 1 or shape != (sizes[0], 3072):
        raise InputError(
            f"{file}: holds {sizes[0]} images of {shape}, {sizes[1]} labels and {sizes[2]} "
            "names, expected as many of each and 3072 values an image; fetch it again."
        )
    return batch


class _ArraysOnly(pickle.Unpickler):
    """Loads NumPy arrays and plain Python values, so that a batch cannot run code."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        allowed = {
            "_reconstruct": np.empty(0).__reduce__()[0],
            "ndarray": np.ndarray,
            "dtype": np.dtype,
            "encode": lambda text, code: text.encode(code),
        }
        if name not in allowed:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return allowed[name]
