"""Frozen features of whole data sets, for the benchmarks that train heads on them.

    python benchmarks/frozen_sets.py cifar10 PATH OUT [--views 2] [--mixes 5000]
    python benchmarks/frozen_sets.py fashion_mnist PATH OUT --limit 10000

Features of EfficientNet-Lite0 at 96 pixels of the training and test images, by the embedding of the
study itself; of augmented views at 64 pixels, of training images alone; and of averaged pairs of
training images, each taken once at most. Everything is kept as float16 in pieces of 5,000 images,
and what was stopped goes on from the last piece. `load` gives them back.
"""

import argparse
import importlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from hardrare.augmentation import Augmentation, draw, view
from hardrare.embedding import Settings, embed, frozen
from hardrare.injection import draw_pairs
from hardrare.injection.average import average
from hardrare.pictures import Pictures

PIECE, SIDE, VIEW_SIDE, MIXES = 5000, 96, 64, "mixes"
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


def load(folder: Path, dataset: str, split: str, most: int | None = None) -> FrozenSet:
    """The first images of a split as written by this script."""
    pieces = None if most is None else -(-most // PIECE)
    own = sorted(folder.glob(f"{dataset}-{split}-*.npz"))[:pieces]
    if not own:
        raise SystemExit(f"{folder} has no {dataset}-{split}; run benchmarks/frozen_sets.py first.")
    viewed = sorted(folder.glob(f"{dataset}-views-{split}-*.npz"))[:pieces]
    features, label = (np.concatenate([np.load(one)[k] for one in own]) for k in ("own", "label"))
    views = np.empty((len(features), 0, features.shape[1]), np.float16)
    if viewed:
        views = np.concatenate([np.load(one)["views"] for one in viewed])
    return FrozenSet(features[:most], label[:most], views[:most])


def pixels(split, rows):
    """Images `(n, H, W, C)` uint8 of some rows of a split, ascending."""
    made = []
    for payload in split.read(rows):
        image = payload
        if isinstance(payload, bytes):
            image = np.asarray(Image.open(io.BytesIO(payload)).convert("RGB"))
        made.append(image if image.ndim == 3 else image[..., None])
    return np.stack(made)


def mixed(split, label, count):
    """Averaged pairs `(n, H, W, C)` of different classes, and the label of the first of each."""
    pairs = draw_pairs(label, np.arange(len(label)), count, np.random.default_rng(7))
    flat, back = np.unique(pairs, return_inverse=True)
    image = pixels(split, flat)[back.reshape(pairs.shape)]
    return np.stack([average(a, b, 0.5) for a, b in image]), label[pairs[:, 0]]


def of_views(image, network, count, seed):
    """Features of `count` views of each image, `(N, count, D)` float16."""
    generator = torch.Generator().manual_seed(seed)
    made = np.empty((len(image), count, network.width), np.float16)
    for number in range(count):
        draws = draw(len(image), generator)
        for rows in np.array_split(np.arange(len(image)), len(image) // network.at_once):
            given = torch.from_numpy(image[rows]).permute(0, 3, 1, 2).float().div_(255)
            given = given.expand(-1, 3, -1, -1)
            seen = view(given, AUGMENTATION, draws[rows], VIEW_SIDE)
            made[rows, number] = network.forward(seen).numpy()
    return made


def write(given, name, read, label, count):
    """Embed what `read` gives of ascending rows, piece by piece."""
    views = given.views if name != "test" else 0
    settings = Settings("tf_efficientnet_lite0", "bundled", SIDE, SIDE, 0, AUGMENTATION)
    network = frozen(settings, "cpu", "float32", 256)
    for start in range(0, count, PIECE):
        rows = np.arange(start, min(start + PIECE, count))
        own = given.out / f"{given.dataset}-{name}-{start:06d}.npz"
        seen = given.out / f"{given.dataset}-views-{name}-{start:06d}.npz"
        title = f"{given.dataset} {name} {start}"
        if not own.exists():
            features = np.empty((len(rows), network.width), np.float32)
            nothing = np.empty((len(rows), 0, network.width), np.float16)
            looked_at = Pictures(rows, read(rows), None)
            marks = looked_at.digests()
            embed(looked_at, network, settings, 0, marks, features, nothing, title)
            np.savez(own, own=features.astype(np.float16), label=label[rows])
        if views and not seen.exists():
            np.savez(seen, views=of_views(read(rows), network, views, start))
            print(f"{title}: views", flush=True)


def main() -> None:
    """Embed the splits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", help="cifar10 or fashion_mnist")
    parser.add_argument("path", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--views", type=int, default=0)
    parser.add_argument("--mixes", type=int, default=0)
    parser.add_argument("--limit", type=int, default=60_000)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    source = getattr(importlib.import_module(f"hardrare.datasets.{given.dataset}"), given.dataset)
    splits = source(given.path)
    for name in ("test", "train"):
        split = getattr(splits, name)
        count = min(given.limit, len(split.label))
        write(given, name, lambda rows, split=split: pixels(split, rows), split.label, count)
    if given.mixes:
        image, label = mixed(splits.train, splits.train.label, given.mixes)
        write(given, MIXES, lambda rows: image[rows], label, len(label))


if __name__ == "__main__":
    main()
