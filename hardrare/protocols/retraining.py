"""Classifiers trained on a subset and judged on the test set, paired over arms by seed.

The seed alone decides weights, so that two arms differ in their samples only.
Equal steps: as many optimizer steps as all samples get in the set epochs.
Equal epochs: as many passes, hence fewer steps for fewer samples.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.objectives import supervised
from hardrare.protocols.evaluate import predict
from hardrare.training.callbacks import Callbacks
from hardrare.training.loop import train
from hardrare.training.pixels import Pixels
from hardrare.training.plan import single
from hardrare.training.rate_range import RateRange, with_learning_rate
from hardrare.training.settings import Settings
from hardrare.training.trainee import steps_per_epoch

VIEWS = ("equal_steps", "equal_epochs")


@dataclass(frozen=True)
class Subset:
    """Rows (M,) of the training images to keep, for each independent draw."""

    draws: tuple[np.ndarray, ...]


def retrain(
    options: supervised.Settings,
    settings: Settings,
    subset: Subset,
    train_pixels: Pixels,
    test_pixels: Pixels,
    seeds: list[int],
    arm: str,
    callbacks: Callbacks = Callbacks(),  # noqa: B008 - frozen
    ranges: list[RateRange] | None = None,
    views: Sequence[str] = VIEWS,
) -> Iterator[dict[str, Any]]:
    """Last-epoch test results of an arm.

    Args:
        options: of the classifier.
        settings: of the loop; `epochs` counts passes over all samples.
        subset: what is kept; seed number i takes draw i modulo the number of draws.
        train_pixels: all training images with labels.
        test_pixels: the test images with labels.
        seeds: one training each, for each view.
        arm: its name.
        callbacks: checkpoints, if any; nothing is measured on the way.
        ranges: takes the range test of each seed where the learning rate is `auto`. It is made
            on all samples, so that every arm of a seed has the same rate.
        views: which of `VIEWS`.

    Yields:
        Rows of the accuracy table: one for each seed, view and class, and one (class
        null) for all classes.
    """
    full = settings.epochs * steps_per_epoch(len(train_pixels), settings.batch_size)
    truth = test_pixels.label.cpu().numpy()
    for i, seed in enumerate(seeds):
        rows = subset.draws[i % len(subset.draws)]
        own, tested = with_learning_rate(supervised, options, settings, train_pixels, seed)
        if ranges is not None:
            ranges += tested
        passes = settings.epochs * steps_per_epoch(len(rows), settings.batch_size)
        results = {}
        steps_of = dict(zip(VIEWS, (full, passes), strict=True))
        for view, steps in ((view, steps_of[view]) for view in views):
            if steps not in results:
                title = f"retrain {arm} {seed} {view}"
                plan = single(len(train_pixels), rows)
                modules = train(
                    supervised, own, settings, plan, train_pixels, seed, callbacks, title, steps
                )
                results[steps] = predict(modules[0], test_pixels) == truth
            row = {"arm": arm, "seed": seed, "view": view, "kept": len(rows), "steps": steps}
            yield from _accuracies(row, results[steps], truth)


def _accuracies(row: dict[str, Any], right: np.ndarray, truth: np.ndarray) -> Iterator[dict]:
    yield {**row, "class": None, "correct": int(right.sum()), "n": len(right)}
    for class_id in np.unique(truth):
        here = right[truth == class_id]
        yield {**row, "class": int(class_id), "correct": int(here.sum()), "n": len(here)}


def subset_rows(sample_id: np.ndarray, kept_id: np.ndarray, draw: np.ndarray) -> Subset:
    """A subset table as rows of the images.

    Args:
        sample_id: (N,) sorted ids of the images.
        kept_id: (M,) ids of the subset table.
        draw: (M,) which draw each belongs to.

    Raises:
        InputError: an id is not among the images, or nothing is kept.
    """
    rows = np.searchsorted(sample_id, kept_id)
    if not len(kept_id):
        raise InputError("a subset keeps no sample; raise prune.keep_fraction.")
    if (rows == len(sample_id)).any() or (sample_id[rows] != kept_id).any():
        raise InputError("a subset names samples that are not there; run prune again.")
    return Subset(tuple(np.sort(rows[draw == d]) for d in np.unique(draw)))
