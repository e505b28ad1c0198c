"""How fast this machine trains: the training stages themselves, on a few random images."""

import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from hardrare.runner.contents import Contents
from hardrare.runner.graph import path_of, steps
from hardrare.runner.record import Record, Work
from hardrare.runner.run import run
from hardrare.tables import Images, write_images

EPOCH = re.compile(r"  epoch (\d+)/(\d+)  ")  # as a training stage tells it
IMAGES, SIDE, EPOCHS = 512, 32, 3
CLASSES = 4
LABELLED = "supervise"  # the stage that trains with labels, all kinds of runs in one


@dataclass(frozen=True)
class Speed:
    """Of the runs of a stage: seconds before and after the epochs, and of an image in an epoch."""

    once: float
    each: float


class _Clock:
    """Listens to training steps, and notes when each began and when its epochs were over."""

    def __init__(self) -> None:
        self.epochs: dict[str, list[float]] = {}
        self.spans: dict[str, list[float]] = {}

    def skip(self, step: str) -> None:
        """A step that need not run: there is none."""

    def start(self, step: str) -> None:
        """A step starts."""
        self.spans[step], self.epochs[step] = [time.perf_counter()], []

    def line(self, step: str, text: str) -> None:
        """A line that it printed."""
        if EPOCH.search(text):
            self.epochs[step].append(time.perf_counter())

    def end(self, step: str) -> None:
        """A step is over."""
        self.spans[step].append(time.perf_counter())

    def speed(self, step: str) -> Speed:
        """What the times of a step say."""
        epochs, (started, ended) = self.epochs[step], self.spans[step]
        each = (epochs[-1] - epochs[0]) / max(len(epochs) - 1, 1)
        in_all = each * len(epochs)  # of two phases where a run has two
        return Speed(max(ended - started - in_all, 0.1), max(in_all, 1e-6) / EPOCHS / IMAGES)


def measure(stages: Mapping[str, dict], params: Mapping[str, Any]) -> dict[str, Speed]:
    """Train a little in a temporary folder.

    Args:
        stages: of the study.
        params: its parameters; every objective, and all kinds of runs with labels, are tried.

    Returns:
        Stage to the speed of all its runs of one seed: `pretrain`, and `LABELLED` if it trains.
    """
    small = {name: dict(section) for name, section in params.items()}
    for section in ("pretrain", LABELLED):
        small[section] |= {"seeds": [0], "epochs": EPOCHS, "batch_size": IMAGES // 4}
    with tempfile.TemporaryDirectory() as folder:
        root, clock = Path(folder), _Clock()
        (root / "params.yaml").write_text(yaml.safe_dump(small), encoding="utf-8")
        write_images(root / path_of("inject", "--injected"), _random_images())
        trains = ["pretrain", *([LABELLED] if small[LABELLED]["kinds"] else [])]
        todo = [step for step in steps(stages, small) if step.stage in trains]
        record, contents = Record(root / "done.json"), Contents(root / "contents.json")
        run(Work(todo, small, root, record, contents, {}), root / "log.txt", clock)
    return {step.stage: clock.speed(step.name) for step in todo}


def _random_images() -> Images:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (IMAGES, SIDE, SIDE, 3), np.uint8)
    ids = np.arange(IMAGES, dtype=np.int32)
    names = [f"{i}.png" for i in ids]
    return Images(ids, image, ids % CLASSES, names, [str(k) for k in range(CLASSES)])
