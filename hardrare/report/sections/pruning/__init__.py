"""Training on a part of the images: what each arm is worth, beside random pruning."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from hardrare.report.drawing import Drawing
from hardrare.report.numbers import csv_text, plain
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.sections.pruning.arms import (
    VIEWS,
    Arm,
    accuracy_by_class,
    arms,
    removed_by_class,
)
from hardrare.report.sections.pruning.findings import findings
from hardrare.report.sections.pruning.sweep import over_shares, shares, sweep_drawings, sweep_table


def _tables(study: Study) -> Mapping[str, Any]:
    return {
        "arms": pruned(study.once(arms)),
        "classes": classes(study),
        "sweep": sweep_table(study),
    }


def pruned(tried: list[Arm]) -> list[dict[str, Any]]:
    """One row an arm with both views, by its difference to random at equal steps, if run."""
    views = {view: {arm.name: arm for arm in tried if arm.view == view} for view in VIEWS}
    rows = [
        {"steps": arm, "epochs": views["equal_epochs"][name]}
        for name, arm in views["equal_steps"].items()
    ]
    fixed = {"full": 0, "random": 1}

    def rank(row: Mapping[str, Arm]) -> tuple[int, float]:
        run = row["steps"] if row["steps"].seeds else row["epochs"]
        return fixed.get(run.name, 2), -run.difference[0]

    return sorted(rows, key=rank)


def classes(study: Study) -> dict[str, Any]:
    """What each arm removes of each class, and the accuracy of each class.

    Returns:
        `names` of the K classes; `removed` and `accuracy`, each a list of an arm and its K
        percentages, empty where nothing is known.
    """
    removed, accuracy = removed_by_class(study), accuracy_by_class(study)
    names, wanted = study.images.classes, study.settings.arms
    return {
        "names": names,
        "removed": [(arm, removed[arm].tolist()) for arm in wanted if arm in removed],
        "accuracy": [
            (arm, [accuracy[arm].get(k) for k in range(len(names))])
            for arm in wanted
            if arm in accuracy
        ],
    }


def _drawings(study: Study) -> Iterable[Drawing]:
    return [*_differences(study), *sweep_drawings(study)]


def _differences(study: Study) -> Iterator[Drawing]:
    """The paired differences to random, in the views that were run."""
    compared = [arm for arm in study.once(arms) if np.isfinite(arm.difference[0])]
    views = {v: {arm.name: arm.difference for arm in compared if arm.view == v} for v in VIEWS}
    views = {view: own for view, own in views.items() if own}
    if not views:
        return
    first, unknown = next(iter(views.values())), np.full(3, np.nan)
    names = sorted(first, key=lambda name: -first[name][0])
    values = {
        "names": [study.arm_name(name) for name in names],
        "differences": {
            view: np.array([own.get(name, unknown) for name in names])
            for view, own in views.items()
        },
        "title": "Test accuracy compared with random pruning",
    }
    yield Drawing("pruning", "pruning", "pruning", values, "")


def _numbers(study: Study) -> Mapping[str, Any]:
    """Accuracy of each arm and its difference to random, in each view and at each share."""
    accuracy, difference = {}, {}
    for arm in study.once(arms):
        accuracy.setdefault(arm.name, {})[arm.view] = plain(arm.accuracy[0])
        if arm.name != "random":
            change = dict(zip(("mean", "low", "high"), map(plain, arm.difference), strict=True))
            difference.setdefault(arm.name, {})[arm.view] = change
    by_share = {
        curve.name: dict(
            zip(map(str, shares(study)), map(plain, curve.accuracy[:, 0]), strict=True)
        )
        for curve in over_shares(study)
    }
    named = {"accuracy": accuracy, "difference_to_random": difference}
    return named | {"accuracy_by_share": by_share}


def _plots(study: Study) -> Mapping[str, str]:
    """One row for each arm and view."""
    head = ["arm", "view", "seeds", "kept", "steps", "accuracy", "difference", "low", "high"]
    rows = [
        [a.name, a.view, a.seeds, a.kept, a.steps, float(a.accuracy[0]), *map(float, a.difference)]
        for a in study.once(arms)
    ]
    lines = [[f"{row[0]} ({row[1]})", *row] for row in rows]
    return {"accuracy.csv": csv_text(["row", *head], lines)}


SECTION = Section("Pruning", 130, _tables, _drawings, findings, _numbers, _plots)
