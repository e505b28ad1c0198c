"""What checkpoints cost: the time of a run with checkpoint_every 0, 5 and 1, and the bytes on disk.

    python benchmarks/checkpoint_cost.py [--epochs 10] [--rounds 3] [--images 300] [--networks ...]

Barlow Twins with every statistic after every epoch: the small network on 1,600 grey images of 8x8,
ResNet-18 on colour images of 32x32. The three settings take turns; each time is the
median of the rounds, beside the slowest single save. Disk: the largest size of the scratch
folder while training.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from hardrare.augmentation import Augmentation
from hardrare.objectives import barlow_twins
from hardrare.training import Callbacks, Pixels, Settings, session, single, train
from hardrare.training.checkpoints import Checkpoint

AUGMENTATION = Augmentation(0.5, 0.5, 0.0, 0.3, 0.3, 0.0, 0.0, 0.0, 0.0)
EVERY = (0, 5, 1)


def seconds(network: str, image: np.ndarray, epochs: int, batch: int, every: int):
    """Time of one run, that of its slowest save, and its scratch folder's largest size in bytes."""
    options = barlow_twins.Settings(network, "adam", 1e-3, 0.0, 256, 256, 5e-3, AUGMENTATION)
    settings = Settings(epochs, batch, "cosine", "float32", "cpu", every)
    pixels, sizes, save = Pixels(image, None, torch.device("cpu")), [0], Checkpoint.save
    saving = [0.0]

    def measured(self, *words, **named):
        begun = time.perf_counter()
        save(self, *words, **named)
        saving.append(time.perf_counter() - begun)
        sizes.append(sum(p.stat().st_size for p in scratch.rglob("*") if p.is_file()))

    with tempfile.TemporaryDirectory() as folder:
        scratch, ids = Path(folder) / "scratch", np.arange(len(image))
        opened = ("run", settings, [], scratch, Path(folder) / "dynamics", ids)
        Checkpoint.save = measured
        started = time.perf_counter()
        with session(*opened, features=Path(folder) / "features") as (recorder, state):
            callbacks = Callbacks(recorder, checkpoints=state)
            train(barlow_twins, options, settings, single(len(image)), pixels, 0, callbacks)
        spent = time.perf_counter() - started
        Checkpoint.save = save
    return spent, max(saving), max(sizes)


def main():
    """Print seconds, ratios to no checkpoint, and megabytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=300, help="of ResNet-18")
    parser.add_argument("--networks", nargs="+", default=["small_cnn", "resnet18"])
    given, rng = parser.parse_args(), np.random.default_rng(0)
    small = rng.integers(0, 256, (1600, 8, 8, 1), np.uint8)
    large = rng.integers(0, 256, (given.images, 32, 32, 3), np.uint8)
    lines = []
    sets = {"small_cnn": (small, 128), "resnet18": (large, 64)}
    for network in given.networks:
        image, batch = sets[network]
        found = {every: [] for every in EVERY}
        for _ in range(given.rounds):
            for every in EVERY:
                found[every].append(seconds(network, image, given.epochs, batch, every))
        base = statistics.median(t for t, *_ in found[0])
        for every, runs in found.items():
            spent, size = statistics.median(t for t, *_ in runs), max(s for *_, s in runs)
            slowest = max(s for _, s, _ in runs)
            lines.append(
                f"{network:10} every {every}: {spent:7.2f} s  {spent / base:.2f} x  "
                f"slowest save {slowest:.2f} s  {size / 1e6:7.1f} MB"
            )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
