"""Heads on frozen features against training from scratch on images: samples a second.

    python benchmarks/heads.py [--samples 2048] [--width 1280] [--epochs 3]

Each run is one of the study's, measured after every epoch by all probes: a network on random
images of 32 x 32 x 3, and the head on random features of the same number of samples (four views,
float16). A rate counts a sample once an epoch, however many networks train. The ratio is that of
the two, taken one right after the other, so that a busy machine slows both.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.augmentation import Augmentation
from hardrare.objectives import barlow_twins, supervised
from hardrare.training import (
    Callbacks,
    FeatureViews,
    Pixels,
    Recorder,
    Settings,
    resolve_device,
    single,
    train,
)
from hardrare.training.plan import Plan, folds
from hardrare.training.samples import Samples

AUGMENTATION = Augmentation(
    min_scale=0.6, flip=0.5, degrees=0.0, brightness=0.4, contrast=0.4, saturation=0.2,
    hue=0.1, grayscale=0.2, solarise=0.0,
)  # fmt: skip
RATES = ("adamw", 1e-3, 1e-4)
HEADS = {
    "supervised": (
        supervised,
        supervised.Settings("feature_classifier", *RATES, None),
        supervised.Settings("small_cnn", *RATES, AUGMENTATION),
    ),
    "barlow_twins": (
        barlow_twins,
        barlow_twins.Settings("feature_projector", *RATES, 0, 0, 5e-3, "stored"),
        barlow_twins.Settings("small_cnn", *RATES, 256, 256, 5e-3, AUGMENTATION),
    ),
}


def rate(
    objective: Any, options: Any, batch: int, samples: Samples, plan: Plan, epochs: int
) -> float:
    """Samples a second and epoch of one run, everything measured and written."""
    settings = Settings(epochs, batch, "cosine", "auto", str(samples.device), 0)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with Recorder(Path(folder) / "d.arrow", np.arange(len(samples))) as recorder:
            train(objective, options, settings, plan, samples, 0, Callbacks(recorder))
        return epochs * len(samples) / (time.perf_counter() - started)


def main() -> None:
    """Print the rates of heads and of networks, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=2048)
    parser.add_argument("--width", type=int, default=1280, help="of the features")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--device", default="auto")
    given = parser.parse_args()
    rng, n, device = np.random.default_rng(0), given.samples, resolve_device(given.device)
    label = np.arange(n) % 10
    rows = rng.normal(size=(n, given.width)).astype(np.float32)
    views = rng.normal(size=(n, 4, given.width)).astype(np.float16)
    image = rng.integers(0, 256, (n, 32, 32, 3), np.uint8)
    for name, (objective, of_features, of_images) in HEADS.items():
        labels = label if name == "supervised" else None
        batch = 64 if name == "supervised" else 256
        heads, pixels = FeatureViews(rows, views, labels, device), Pixels(image, labels, device)
        slow = rate(objective, of_images, batch, pixels, single(n), 1)
        fast = rate(objective, of_features, batch, heads, single(n), given.epochs)
        print(f"{name}: head {fast:.0f}/s, small_cnn {slow:.0f}/s, ratio {fast / slow:.1f}")
        if labels is not None:
            fast = rate(objective, of_features, batch, heads, folds(label, 3, 0), given.epochs)
            print(f"cross_validation: head {fast:.0f}/s (three networks)")


if __name__ == "__main__":
    main()
