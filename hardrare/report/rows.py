"""Rows of the page's tables, numbers already turned into words where they only appear."""

from typing import Any

import numpy as np
import polars as pl

from hardrare.report.arms import Arm, accuracy_by_class, removed_by_class
from hardrare.report.stability import Stable
from hardrare.report.study import Study
from hardrare.report.verdicts import Verdict
from hardrare.report.words import ARTEFACTS, artefact_name, listed, number

SHOWN = 12


def artefact(study: Study, name: str, detections: list[Verdict]) -> dict[str, Any]:
    """What was done, to how many, and how well a pixel count sees it."""
    rows = study.manifest.filter(pl.col("artefact") == name)
    _, done, unit = ARTEFACTS.get(name, ("", "", ""))
    strengths = rows["strength"].drop_nulls()
    changed = int(study.injected(name).sum())
    verdict = next((one for one in detections if one.artefact == name), None)
    return {
        "name": name,
        "done": done,
        "strength": f"{unit} {strengths.mean():.3g}" if unit and len(strengths) else "",
        "count": changed,
        "share": changed / len(study.images.sample_id),
        "pixel": verdict.best("pixels") if verdict else None,
    }


def extremes(study: Study, axis: str) -> list[dict[str, Any]]:
    """The most extreme samples on an axis, for the table under its grid."""
    names, sample_id = dict(enumerate(study.images.classes)), study.images.sample_id
    nearest_to = study.partners if axis == "duplicate" else {}
    top = study.extremes(axis)
    top = top.with_columns(pl.Series("label", study.images.label[top["row"].to_numpy()]))
    return [
        {
            "sample_id": row["sample_id"],
            "file_name": row["file_name"],
            "label": names.get(row["label"], "–"),
            "artefact": listed([artefact_name(a) for a in study.changes_of(row["sample_id"])])
            or "–",
            "nearest": _nearest(nearest_to.get(row["row"]), sample_id) if nearest_to else "",
            "score": number(row[f"{axis}_score"], 3),
            "spread": number(row[f"{axis}_spread"], 3),
        }
        for row in top.iter_rows(named=True)
    ]


def dropped(study: Study) -> list[tuple[str, int]]:
    """The axes by which the ranking leaves samples out, with how many."""
    by = study.ranking["dropped_by"].drop_nulls().value_counts().sort("count", descending=True)
    return list(by.iter_rows())


def _nearest(partner: tuple[int, float] | None, sample_id: np.ndarray) -> str:
    """A sample's partner and their cosine, a dash where it has none."""
    return f"#{sample_id[partner[0]]} ({number(partner[1], 3)})" if partner else "–"


def split(stable: list[Stable]) -> tuple[list[Stable], list[Stable]]:
    """The most repeatable scores without labels, and all others."""
    shown = [row for row in stable if row.group == "free"][:SHOWN]
    return shown, [row for row in stable if row not in shown]


def pruned(arms: list[Arm]) -> list[dict[str, Any]]:
    """One row an arm with both views, by its difference to random at equal steps."""
    views = {
        view: {arm.name: arm for arm in arms if arm.view == view}
        for view in ("equal_steps", "equal_epochs")
    }
    rows = [
        {"steps": arm, "epochs": views["equal_epochs"][name]}
        for name, arm in views["equal_steps"].items()
    ]
    fixed = {"full": 0, "random": 1}
    return sorted(
        rows,
        key=lambda row: (fixed.get(row["steps"].name, 2), -row["steps"].difference[0]),
    )


def classes(study: Study) -> dict[str, Any]:
    """What each arm removes of each class, and the accuracy of each class.

    Returns:
        `names` of the K classes; `removed` and `accuracy`, each a list of an arm and its K
        percentages, empty where nothing is known.
    """
    removed, accuracy = removed_by_class(study), accuracy_by_class(study)
    names, arms = study.images.classes, study.settings.arms
    return {
        "names": names,
        "removed": [(arm, removed[arm].tolist()) for arm in arms if arm in removed],
        "accuracy": [
            (arm, [accuracy[arm].get(k) for k in range(len(names))])
            for arm in arms
            if arm in accuracy
        ],
    }
