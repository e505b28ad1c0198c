"""The first study's maximum filter, asked again: an autoencoder's loss against a count of ink.

    python benchmarks/max_mixes.py PATH [--images 5000] [--mixes 500] [--epochs 20]

PATH holds MNIST's `t10k` files (IDX). Pixel-wise maxima of pairs of different classes, each image
taken once at most, stand after the images. The study's own autoencoder (three blocks of
convolutions, a code of ten numbers, L1) learns all of them without labels. How well its loss finds
the maxima, and how well the share of pixels that are no paper does: AUROC with intervals of the
images (bootstrap), and the share of maxima among as many images of the highest value as there are
maxima, with Wilson's.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from feature_heads import Kept, loop, scored

from hardrare.datasets.idx import read_idx
from hardrare.detection.auroc import auroc
from hardrare.injection import draw_pairs
from hardrare.injection.maximum import maximum
from hardrare.metrics import registry
from hardrare.numerics.intervals import counted
from hardrare.objectives import autoencoder
from hardrare.training import Callbacks, Pixels, Probing, single, train

OPTIONS = autoencoder.Settings("conv_autoencoder", "adam", 1e-3, 0.0, 10, "l1", 0.0, None)


def main() -> None:
    """Train and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--mixes", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=20)
    given = parser.parse_args()
    image = read_idx(given.path / "t10k-images-idx3-ubyte.gz", 3)[: given.images, ..., None]
    label = read_idx(given.path / "t10k-labels-idx1-ubyte.gz", 1)[: given.images].astype(np.int64)
    pairs = draw_pairs(label, np.arange(len(label)), given.mixes, np.random.default_rng(7))
    image = np.concatenate([image, np.stack([maximum(image[a], image[b]) for a, b in pairs])])
    values = {"ink": registry()["ink"]({"image": image}, {})}
    for seed in (0, 1):
        keep = Kept()
        probing = Callbacks(keep, Probing(("loss",)))
        samples = Pixels(image, None, torch.device("cpu"))
        settings = loop(given.epochs, 128)
        train(autoencoder, OPTIONS, settings, single(len(image)), samples, seed, probing, "maxima")
        made = scored(("loss_last", "loss_mean"), keep.columns())
        values |= {f"{name}, seed {seed}": value for name, value in made.items()}
    mixed = np.arange(len(label), len(image))
    found = auroc(
        np.array(list(values.values())), np.arange(len(label)), {"it": mixed}, bootstrap=200, seed=0
    )["it"]
    print("| score | AUROC | maxima among the highest, % |\n|---|---|---|")
    for i, (name, value) in enumerate(values.items()):
        highest = np.argsort(value, kind="stable")[-len(mixed) :]
        share = counted(int((highest >= len(label)).sum()), len(mixed))
        area = found.value[i], found.low[i], found.high[i]
        print("| {} | {:.2f} [{:.2f}, {:.2f}]".format(name, *area), end=" | ")
        print("{:.0f} [{:.0f}, {:.0f}] |".format(*(100 * one for one in share)))


if __name__ == "__main__":
    main()
