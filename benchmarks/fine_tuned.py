"""A pretrained network that learns on by Barlow Twins, on pixels: what its statistics tell.

    python benchmarks/frozen_sets.py cifar10 CIFAR10 FEATURES --views 2 --mixes 5000 --limit 5000
    python benchmarks/feature_heads.py FEATURES OUT --samples 5000 --mixes 500
    python benchmarks/fine_tuned.py FEATURES OUT CIFAR10 --samples 5000 --mixes 500
    python benchmarks/feature_heads.py FEATURES OUT --samples 5000 --mixes 500 --parts table
    python benchmarks/claims.py OUT

EfficientNet-Lite0 with its ImageNet weights looks at the same images as the heads of
`feature_heads.py`, enlarged, and all its weights learn. Written are the same scores, as a run of
OUT (`run-fine_tuned-SEED.parquet`), which `claims.py` shows beside the heads. How well the nearest
neighbours tell the class afterwards is printed.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import torch
from feature_heads import SCORES, loop, scored
from frozen_sets import AUGMENTATION, MIXES, load, mixed, pixels
from PIL import Image
from rare_from_scratch import Last

from hardrare.datasets.cifar10 import cifar10
from hardrare.numerics.neighbours import nearest
from hardrare.objectives import barlow_twins
from hardrare.representation.knn import knn_correct
from hardrare.training import Callbacks, Pixels, Probing, single, train

TWINS = barlow_twins.Settings(
    "tf_efficientnet_lite0", "adam", 1e-4, 1e-6, 512, 128, 5e-3, AUGMENTATION, weights="bundled"
)
NEIGHBOURS = 20  # who vote for a class


def enlarged(image: np.ndarray, side: int) -> np.ndarray:
    """Images `(N, side, side, 3)` of `(N, h, w, 3)`."""
    size = (side, side)
    return np.stack([np.asarray(Image.fromarray(i).resize(size, Image.BICUBIC)) for i in image])


def main() -> None:
    """Train each seed that is not there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("features", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--mixes", type=int, default=500)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--rate", type=float, default=TWINS.learning_rate, help="of learning")
    given = parser.parse_args()
    split = cifar10(given.images).train
    whole = len(load(given.features, "cifar10", MIXES).label)
    image = pixels(split, np.arange(given.samples))
    mixes = mixed(split, split.label, whole)[0][: given.mixes]
    image = enlarged(np.concatenate([image, mixes]), given.side)
    label = np.asarray(split.label[: given.samples])
    for seed in range(given.seeds):
        path = given.out / f"run-fine_tuned-{seed}.parquet"
        if path.exists():
            continue
        started, spent = time.perf_counter(), time.process_time()
        keep, plan = Last(), single(len(image))
        data = Pixels(image, None, torch.device("cpu"))
        callbacks = Callbacks(keep, Probing(measure="every_2"))
        settings = replace(TWINS, learning_rate=given.rate)
        train(barlow_twins, settings, loop(given.epochs, given.batch), plan, data, seed, callbacks,
              "fine_tuned")  # fmt: skip
        pl.DataFrame(scored(SCORES["barlow_twins"], keep.columns())).write_parquet(path)
        told = {"seconds": time.perf_counter() - started, "processor": time.process_time() - spent}
        near = nearest(keep.features[: given.samples].astype(np.float32), NEIGHBOURS, unit=True)
        told["knn"] = float(knn_correct(near.index, near.distance, label, 0.07).mean())
        print(json.dumps({"seed": seed, **told}), flush=True)


if __name__ == "__main__":
    main()
