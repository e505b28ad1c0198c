"""Frozen features of whole data sets, for the benchmarks that retrain heads on them.

    python benchmarks/frozen_sets.py cifar10 PATH OUT [--side 96] [--views 2] [--limit 50000]

Writes OUT/<dataset>-<split>.npz (features float16, label, views float16) for train and test, by the
embedding of the study itself, in pieces of 5,000 images: what was stopped goes on from the last.
`load` gives them back. Views are made of training images alone.
"""

import argparse
import importlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from hardrare.augmentation import Augmentation
from hardrare.embedding import Settings, embed, frozen
from hardrare.pictures import Pictures

PIECE = 5000
AUGMENTATION = Augmentation(
    min_scale=0.3, flip=0.5, degrees=0, brightness=0.3, contrast=0.3, saturation=0.2, hue=0.05,
    grayscale=0.1, solarise=0.0,
)  # fmt: skip


@dataclass(frozen=True)
class FrozenSet:
    """A split: `features (N, D)` float16, `label (N,)`, `views (N, V, D)` float16."""

    features: np.ndarray
    label: np.ndarray
    views: np.ndarray


def load(folder: Path, dataset: str, split: str) -> FrozenSet:
    """A split as written by this script."""
    pieces = [np.load(one) for one in sorted(folder.glob(f"{dataset}-{split}-*.npz"))]
    if not pieces:
        raise SystemExit(f"{folder} has no {dataset}-{split}; run benchmarks/frozen_sets.py first.")
    viewed = sorted(folder.glob(f"{dataset}-views-{split}-*.npz"))
    features, label = (np.concatenate([one[name] for one in pieces]) for name in ("own", "label"))
    empty = np.empty((len(features), 0, features.shape[1]), np.float16)
    views = np.concatenate([np.load(one)["views"] for one in viewed]) if viewed else empty
    return FrozenSet(features, label, views)


def pixels(split, rows):
    """Images `(n, H, W, C)` uint8 of some rows of a split."""
    made = []
    for payload in split.read(rows):
        if isinstance(payload, bytes):
            payload = np.asarray(Image.open(io.BytesIO(payload)).convert("RGB"))
        made.append(payload if payload.ndim == 3 else payload[..., None])
    return np.stack(made)


def write(given, split, name):
    """Embed a split piece by piece."""
    count = min(given.limit, len(split.label))
    views = given.views if name == "train" else 0
    settings = Settings(
        "tf_efficientnet_lite0", "bundled", given.side, given.side, views, AUGMENTATION
    )
    network = frozen(settings, "cpu", "float32", 256)
    for start in range(0, count, PIECE):
        own = given.out / f"{given.dataset}-{name}-{start:06d}.npz"
        of_views = given.out / f"{given.dataset}-views-{name}-{start:06d}.npz"
        if own.exists() and (not views or of_views.exists()):
            continue
        rows = np.arange(start, min(start + PIECE, count))
        pictures = Pictures(rows, pixels(split, rows), None)
        features = np.empty((len(rows), network.width), np.float32)
        seen = np.empty((len(rows), views, network.width), np.float16)
        embed(pictures, network, settings, start, features, seen, f"{given.dataset} {name} {start}")
        np.savez(own, own=features.astype(np.float16), label=split.label[rows])
        if views:
            np.savez(of_views, views=seen)


def main() -> None:
    """Embed both splits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", help="cifar10 or fashion_mnist")
    parser.add_argument("path", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--views", type=int, default=0)
    parser.add_argument("--limit", type=int, default=60_000)
    parser.add_argument("--split", default="", help="train or test alone")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    source = getattr(importlib.import_module(f"hardrare.datasets.{given.dataset}"), given.dataset)
    splits = source(given.path)
    for name in ("test", "train"):
        if given.split in ("", name):
            write(given, getattr(splits, name), name)


if __name__ == "__main__":
    main()
