"""Fashion-MNIST: 70,000 grey images of 28x28 of clothing (Xiao et al., 2017, arXiv:1708.07747)."""

from dataclasses import replace
from pathlib import Path

from hardrare.datasets._local import local
from hardrare.datasets._source import Source
from hardrare.datasets._torchvision import download

CLASSES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]


def fashion_mnist(path: Path | None) -> Source:
    """Fashion-MNIST from a local path, or downloaded by torchvision where it is null.

    Args:
        path: IDX files, Parquet, or a folder as torchvision lays it out (`FashionMNIST/raw/`).
    """
    root = download("FashionMNIST") if path is None else path
    return replace(local(root, "fashion_mnist", "FashionMNIST/raw"), classes=CLASSES)
