"""Rows of the table: accuracy by both judges, chance, intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.representation.knn import knn_correct
from hardrare.representation.probe import probe_correct

PIXELS = "pixels"  # the baseline: the image itself as its features


@dataclass(frozen=True)
class Settings:
    """How features are judged.

    Attributes:
        samples: most that judge; more are thinned to as many, the same of every run.
        temperature: of the neighbours' votes.
        bootstrap: samples for the intervals.
        seed: of the samples, the probe's halves and the intervals.
    """

    samples: int
    temperature: float
    bootstrap: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot be computed."""
        if not self.temperature > 0:
            raise InputError(f"represent.temperature is {self.temperature}, expected above 0.")
        if self.samples < 2:
            raise InputError(f"represent.samples is {self.samples}, expected 2 or more.")
        if self.bootstrap < 1:
            raise InputError(f"represent.bootstrap is {self.bootstrap}, expected 1 or more.")


def judged(sample_id: np.ndarray, label: np.ndarray, changed: np.ndarray) -> np.ndarray:
    """Which samples judge the features: labelled, and with image and label as they came.

    Args:
        sample_id: (N,) ids.
        label: (N,) int, -1 = unknown.
        changed: (C,) ids of the samples that injection changed.

    Returns:
        (N,) bool; all False where fewer than two classes are left to tell apart.
    """
    chosen = (label >= 0) & ~np.isin(sample_id, changed)
    return chosen & (len(np.unique(label[chosen])) > 1)


def thinned(chosen: np.ndarray, most: int, seed: int) -> np.ndarray:
    """A random `most` of the samples chosen, all where there are no more.

    Args:
        chosen: (N,) bool.
        most: samples to leave.
        seed: of the draw.

    Returns:
        (N,) bool.

    Examples:
        >>> thinned(np.array([True, False, True, True]), 2, 0).sum()
        np.int64(2)
    """
    held = np.flatnonzero(chosen)
    if len(held) <= most:
        return chosen
    left = np.zeros_like(chosen)
    left[np.random.default_rng(seed).choice(held, most, replace=False)] = True
    return left


def assess(
    features: np.ndarray,
    index: np.ndarray,
    distance: np.ndarray,
    label: np.ndarray,
    settings: Settings,
) -> list[dict[str, Any]]:
    """Accuracy of the neighbours' vote and of a linear probe.

    `chance` is the accuracy of always naming the largest class of those judged. The
    interval is the 95 % percentile interval over bootstrap samples of those judged. The
    halves of the probe are the same for every features of the same samples.

    Args:
        features: (N, D) of samples chosen by `judged`.
        index: (N, k) their nearest neighbours among each other.
        distance: (N, k) of the unit-length features, as in `knn_correct`.
        label: (N,) int, 0 upwards.
        settings: see there.

    Returns:
        Two rows, `knn` and `probe`: `judge`, `accuracy`, `low`, `high`, `chance` (0..1),
        `n` samples judged, `classes` among the N samples.
    """
    rest, probed = probe_correct(features, label, np.random.default_rng(settings.seed))
    voted = knn_correct(index, distance, label, settings.temperature)
    classes = len(np.unique(label))
    return [
        {"judge": judge, **_accuracy(correct, truth, settings), "classes": classes}
        for judge, correct, truth in (("knn", voted, label), ("probe", probed, label[rest]))
    ]


def _accuracy(correct: np.ndarray, truth: np.ndarray, settings: Settings) -> dict[str, Any]:
    """Accuracy with its interval; resampling N flags draws a binomial number of right ones."""
    size, share = len(correct), float(correct.mean())
    rng = np.random.default_rng(settings.seed)
    low, high = np.quantile(rng.binomial(size, share, settings.bootstrap) / size, [0.025, 0.975])
    chance = float(np.unique(truth, return_counts=True)[1].max() / size)
    return {"accuracy": share, "low": low, "high": high, "chance": chance, "n": size}
