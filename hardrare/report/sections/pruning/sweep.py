"""Pruned retraining at several shares kept: accuracy of each arm, paired with random pruning."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from hardrare.numerics.intervals import t_interval
from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.sections.pruning.arms import VIEWS, by_seed
from hardrare.report.words import interval, number


@dataclass(frozen=True)
class Curve:
    """One arm over the shares: accuracies in percent, differences in percentage points.

    `accuracy` and `difference` are `(F, 3)`: mean over seeds, and the ends of its 95 %
    t-interval. `difference` is to random pruning at the same share, seed by seed. NaN where
    the arm was not trained at a share, and for what has no other seed or no random arm.
    """

    name: str
    accuracy: np.ndarray
    difference: np.ndarray


def shares(study: Study) -> list[float]:
    """Every share that an arm of the sweep was kept at, ascending; empty without a sweep."""
    settings = study.settings
    if not settings.sweep or not settings.sweep_arms:
        return []
    pruned = [settings.keep_fraction] if set(settings.arms) & set(settings.sweep_arms) else []
    return sorted([*settings.sweep, *pruned])


def over_shares(study: Study) -> list[Curve]:
    """Every arm of the sweep at equal steps, in the order of the parameters."""
    swept, overall = shares(study), study.accuracy
    if not swept:
        return []
    names = {(arm, share): name for name, (arm, share) in study.settings.swept.items()}
    names |= {(arm, study.settings.keep_fraction): arm for arm in study.settings.arms}
    overall = overall.filter(pl.col("class").is_null())

    def seeds(arm: str, share: float) -> dict[int, float]:
        return by_seed(overall, names.get((arm, share), ""), VIEWS[0])

    curves = []
    for arm in study.settings.sweep_arms:
        own = [seeds(arm, share) for share in swept]
        other = [seeds("random", share) if arm != "random" else {} for share in swept]
        paired = [
            np.array([a[seed] - b[seed] for seed in sorted(set(a) & set(b))])
            for a, b in zip(own, other, strict=True)
        ]
        accuracy = [t_interval(np.array(list(by_seed.values()))) for by_seed in own]
        curves.append(Curve(arm, np.stack(accuracy), np.stack([t_interval(p) for p in paired])))
    return curves


def sweep_drawings(study: Study) -> list[Drawing]:
    """Accuracy over the share kept, and the difference to random pruning."""
    curves, words = over_shares(study), [f"{100 * share:g} %" for share in shares(study)]
    if not curves:
        return []
    fixed = {"shares": words, "share": "share of the images kept"}
    accuracy = {study.arm_name(curve.name): curve.accuracy for curve in curves}
    first = fixed | {"curves": accuracy, "title": "Test accuracy by share kept"}
    drawn = [_drawing("sweep-accuracy", first | {"quantity": "accuracy, percent"})]
    differences = {
        study.arm_name(curve.name): curve.difference
        for curve in curves
        if np.isfinite(curve.difference[:, 0]).any()
    }
    if differences:
        second = fixed | {"curves": differences, "title": "Compared with random pruning"}
        second |= {"quantity": "difference, percentage points", "zero": True}
        drawn.append(_drawing("sweep-difference", second))
    return drawn


def sweep_table(study: Study) -> dict:
    """Head and rows of the table: accuracy and difference at each share; empty without a sweep."""
    curves = over_shares(study)
    rows = [
        (
            study.arm_name(curve.name),
            [
                (number(accuracy[0], 1), interval(*difference, digits=1))
                for accuracy, difference in zip(curve.accuracy, curve.difference, strict=True)
            ],
        )
        for curve in curves
    ]
    return (
        {"shares": [f"{100 * share:g} %" for share in shares(study)], "rows": rows} if rows else {}
    )


def _drawing(name: str, values: dict) -> Drawing:
    return Drawing(name, "sweep", "by_share", values, "")
