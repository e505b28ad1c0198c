"""How fast this machine trains: the training stages themselves, on a few random images."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from hardrare.scan.graph import Step, path_of, steps
from hardrare.scan.progress import EPOCH
from hardrare.scan.steps import call
from hardrare.tables import Images, write_images

IMAGES, SIDE, EPOCHS = 512, 32, 3
CLASSES = 4


@dataclass(frozen=True)
class Speed:
    """Of one kind of run: seconds before and after the epochs, and of an image in an epoch."""

    once: float
    each: float


class _Clock:
    """Listens to a training step, and notes when each epoch was over."""

    def __init__(self) -> None:
        self.started, self.ended = time.perf_counter(), 0.0
        self.epochs: list[float] = []

    def begin(self, step: str) -> None:
        """A step starts."""

    def line(self, text: str) -> None:
        """A line that it printed."""
        if EPOCH.search(text):
            self.epochs.append(time.perf_counter())

    def speed(self) -> Speed:
        """What the times say."""
        all_of_it = time.perf_counter() - self.started
        each = (self.epochs[-1] - self.epochs[0]) / max(len(self.epochs) - 1, 1)
        in_all = each * len(self.epochs)  # of two phases where a run has two
        return Speed(max(all_of_it - in_all, 0.1), max(in_all, 1e-6) / EPOCHS / IMAGES)


def measure(stages: Mapping[str, dict], params: Mapping[str, Any]) -> dict[str, Speed]:
    """Train a little in a temporary folder.

    Args:
        stages: of the study.
        params: its parameters; every objective and every kind of run with labels is tried.

    Returns:
        Objective or kind to its speed.
    """
    small = {name: dict(section) for name, section in params.items()}
    for section in ("pretrain", "supervise"):
        small[section] |= {"seeds": [0], "epochs": EPOCHS, "batch_size": IMAGES // 4}
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "params.yaml").write_text(yaml.safe_dump(small), encoding="utf-8")
        write_images(root / path_of("inject", "--injected"), _random_images())
        for step in steps(stages, small):
            if _stage(step) in ("pretrain", "supervise"):
                clock = _Clock()
                call(step, root, clock)
                found[run_of(step)] = clock.speed()
    return found


def run_of(step: Step) -> str:
    """The objective or kind that a step is of: `pretrain@autoencoder-0` is of autoencoder."""
    return step.name.partition("@")[2].rpartition("-")[0]


def _stage(step: Step) -> str:
    return step.name.partition("@")[0]


def _random_images() -> Images:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (IMAGES, SIDE, SIDE, 3), np.uint8)
    ids = np.arange(IMAGES, dtype=np.int32)
    names = [f"{i}.png" for i in ids]
    return Images(ids, image, ids % CLASSES, names, [str(k) for k in range(CLASSES)])
