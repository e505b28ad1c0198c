"""MNIST: 70,000 grey images of 28x28 of handwritten digits (LeCun et al., 1998)."""

from dataclasses import replace
from pathlib import Path

from hardrare.datasets._local import local
from hardrare.datasets._source import Source
from hardrare.datasets._torchvision import download

CLASSES = [str(k) for k in range(10)]


def mnist(path: Path | None) -> Source:
    """MNIST from a local path, or downloaded by torchvision where it is null.

    Args:
        path: IDX files, Parquet, or a folder as torchvision lays it out (`MNIST/raw/`).
    """
    root = download("MNIST") if path is None else path
    return replace(local(root, "mnist", "MNIST/raw"), classes=CLASSES)
