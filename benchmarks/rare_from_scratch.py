"""Each class in turn made rare, and networks that learn from nothing: which score finds it.

    python benchmarks/rare_from_scratch.py digits OUT.json
    python benchmarks/rare_from_scratch.py cifar10 OUT.json --path CIFAR10 --images 2000

Of a class 2, 5 or 10 % stay. A small network learns by Barlow Twins what is left (settings of the
default study); then its features are scored as `rare_classes.py` scores those of a frozen network,
and with them what it did with each image while it learnt. AUROC of the few against all others.
What is in OUT is not made again.
"""

import argparse
import importlib
import json
from pathlib import Path

import numpy as np
import torch
from feature_heads import Kept, loop
from feature_heads import scored as dynamics
from frozen_sets import pixels
from measure_when import OBJECTIVES
from planted_photos import auroc
from rare_classes import LEAST, SHARES, scored, table

from hardrare.metrics import registry
from hardrare.training import Callbacks, Pixels, Probing, single, train

MODULE, SETTINGS = OBJECTIVES["barlow_twins"]  # of the default study
WHILE_LEARNING = ("msd_mean", "norm_mean", "lgn_mean", "alignment_mean")


class Last(Kept):
    """Keeps the features of the last epoch, too."""

    features = None

    def record(self, part, columns, features=None):
        """Keep an epoch."""
        super().record(part, columns)
        self.features = self.features if features is None else features


def learnt(image, epochs):
    """Scores of each image, high = rarer: of features learnt from these images alone."""
    keep, plan = Last(), single(len(image))
    train(
        MODULE, SETTINGS, loop(epochs, 128), plan,
        Pixels(image, None, torch.device("cpu")), 0, Callbacks(keep, Probing()), "rare",
    )  # fmt: skip
    columns, known = keep.columns(), registry()
    signs = {name: 1 if known[name].harder == "high" else -1 for name in WHILE_LEARNING}
    values = {n: v * signs[n] for n, v in dynamics(WHILE_LEARNING, columns).items()}
    norm = np.linalg.norm(keep.features, axis=1)
    return scored(keep.features.astype(np.float32), norm) | values


def main():
    """Print a row for each score and share."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", choices=("digits", "cifar10", "idx"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--path", type=Path)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument("--epochs", type=int, default=40)
    given = parser.parse_args()
    source = getattr(importlib.import_module(f"hardrare.datasets.{given.dataset}"), given.dataset)
    split = source(given.path).train
    rows = np.sort(np.random.default_rng(0).permutation(len(split.label))[: given.images])
    image, label = pixels(split, rows), np.asarray(split.label)[rows]
    found = json.loads(given.out.read_text()) if given.out.exists() else {}
    for share in given.shares:
        rng = np.random.default_rng(5)
        for at, chosen in enumerate(np.unique(label)):
            of = np.flatnonzero(label == chosen)
            few = rng.choice(of, max(LEAST, round(share * len(of))), replace=False)
            if len(found.get("knn_distance", {}).get(str(share), ())) > at:
                continue
            values = learnt(image[np.r_[np.flatnonzero(label != chosen), few]], given.epochs)
            for name, value in values.items():
                area = float(auroc(value[-len(few) :], value[: -len(few)]))
                found.setdefault(name, {}).setdefault(str(share), []).append(area)
            given.out.write_text(json.dumps(found, indent=1))
    print(*table(found), sep="\n")


if __name__ == "__main__":
    main()
