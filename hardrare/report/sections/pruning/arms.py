"""Pruned retraining: accuracy of each arm, paired with random pruning seed by seed."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from hardrare.numerics.intervals import t_interval
from hardrare.report.read import Study

VIEWS = ("equal_steps", "equal_epochs")


@dataclass(frozen=True)
class Arm:
    """One arm in one view: accuracies in percent, differences in percentage points.

    `accuracy` and `difference` are `(3,)`: mean over seeds, and the ends of its 95 %
    t-interval (NaN with one seed). `difference` is to `random`, NaN for itself or without it;
    `matched` to the random images of the arm's own classes, NaN without such an arm.
    """

    name: str
    view: str
    kept: int
    steps: int
    seeds: int
    accuracy: np.ndarray
    difference: np.ndarray
    matched: np.ndarray


def arms(study: Study) -> list[Arm]:
    """Every arm in every view, in the order of the parameters."""
    if not study.settings.arms:
        return []
    overall = study.accuracy.filter(pl.col("class").is_null())
    tried = []
    for view in VIEWS:
        random = by_seed(overall, "random", view)
        for name in study.settings.arms:
            rows = overall.filter((pl.col("arm") == name) & (pl.col("view") == view))
            accuracy = by_seed(overall, name, view)
            tried.append(
                Arm(
                    name=name,
                    view=view,
                    kept=int(overall.filter(pl.col("arm") == name)["kept"].max() or 0),
                    steps=int(rows["steps"].max() or 0),
                    seeds=len(accuracy),
                    accuracy=t_interval(np.array(list(accuracy.values()))),
                    difference=_paired(accuracy, random if name != "random" else {}),
                    matched=_paired(accuracy, by_seed(overall, f"class_matched-{name}", view)),
                )
            )
    return tried


def _paired(accuracy: dict[int, float], other: dict[int, float]) -> np.ndarray:
    """Mean difference `(3,)` over the seeds of both, with its interval."""
    shared = sorted(set(accuracy) & set(other))
    return t_interval(np.array([accuracy[seed] - other[seed] for seed in shared]))


def removed_by_class(study: Study) -> dict[str, np.ndarray]:
    """Share of each class that an arm leaves out, in percent, mean over its draws.

    Returns:
        Arm to `(K,)`, for arms that leave out anything; empty where no label is known.
    """
    label, ids = study.images.label, study.images.sample_id
    if not study.images.classes or (label < 0).all():
        return {}
    known, size = label >= 0, len(study.images.classes)
    total = np.bincount(label[known], minlength=size)
    shares = {}
    for arm, draws in study.kept.items():
        gone = [np.bincount(label[known & ~np.isin(ids, kept)], minlength=size) for kept in draws]
        if np.sum(gone):
            shares[arm] = 100 * np.mean(gone, axis=0) / np.maximum(total, 1)
    return shares


def accuracy_by_class(study: Study, view: str = "equal_steps") -> dict[str, dict[int, float]]:
    """Arm to class to test accuracy in percent, mean over seeds; empty without per-class rows."""
    if not len(study.accuracy):
        return {}
    rows = study.accuracy.filter(pl.col("class").is_not_null() & (pl.col("view") == view))
    share = (100 * pl.col("correct") / pl.col("n")).mean().alias("accuracy")
    table = rows.group_by("arm", "class").agg(share)
    accuracies: dict[str, dict[int, float]] = {}
    for arm, class_id, accuracy in table.sort("arm", "class").iter_rows():
        accuracies.setdefault(arm, {})[class_id] = accuracy
    return accuracies


def by_seed(overall: pl.DataFrame, arm: str, view: str) -> dict[int, float]:
    """Seed to test accuracy in percent."""
    rows = overall.filter((pl.col("arm") == arm) & (pl.col("view") == view)).sort("seed")
    return {
        seed: 100 * correct / n for seed, correct, n in rows["seed", "correct", "n"].iter_rows()
    }
