"""What the audit of the injection found, and how well pixel statistics see each artefact."""

from typing import Any

import polars as pl

from hardrare.report.study import Study
from hardrare.report.verdicts import Verdict
from hardrare.report.words import interval, number


def audited(study: Study) -> list[dict[str, Any]]:
    """One row an artefact: changed as claimed, deviation from what it should be, what is wrong."""
    rows = []
    for row in study.audit.iter_rows(named=True):
        wrong = {
            "changed nothing": row["unchanged"],
            "wrong label": row["label_errors"],
            "mix of one class": row["same_class"],
            "used twice": row["reused"],
            "not there": row["absent"],
            "not named": row["unlisted"],
        }
        known = row["deviation"] is not None
        rows.append(
            {
                "name": row["artefact"],
                "n": row["n"],
                "changed": row["n"] - row["unchanged"] if row["artefact"] != "none" else None,
                "deviation": number(row["deviation"], 2) if known else "–",
                "allowed": number(row["allowed"], 1) if known else "–",
                "wrong": ", ".join(f"{count} {what}" for what, count in wrong.items() if count),
            }
        )
    return rows


def seen_by_pixels(study: Study, detections: list[Verdict]) -> dict[str, Any]:
    """AUROC of every pixel statistic for every artefact, the farthest from 0.5 marked.

    Returns:
        `artefacts`, and `rows`: a statistic and its `(text, is best)` for each artefact.
    """
    names = [one.name for one in study.scores if study.group(one.name) == "pixels"]
    columns = []
    for verdict in detections:
        rows = {row["score"]: row for row in verdict.rows.iter_rows(named=True)}
        best = verdict.rows.filter(pl.col("best_pixel") != "")["best_pixel"].unique().to_list()
        columns.append({name: (_auroc(rows.get(name)), name in best) for name in names})
    return {
        "artefacts": [one.artefact for one in detections],
        "rows": [(name.partition("/")[2], [column[name] for column in columns]) for name in names],
    }


def found_by_axes(study: Study, detections: list[Verdict]) -> dict[str, Any]:
    """AUROC of every axis of the ranking for every artefact.

    Returns:
        `axes`, each with the scores that make it, and `rows`: an artefact, and for each axis
        `(text, whether its interval lies above chance and above the best pixel statistic's)`.
    """
    axes = study.settings.axes
    rows = []
    for one in detections:
        found = [one.axes.get(axis) for axis in axes]
        cells = [(_auroc(row), bool(row and row["auroc_low"] > _reach(row))) for row in found]
        rows.append((one.artefact, cells))
    return {"axes": {axis: ", ".join(scores) for axis, scores in axes.items()}, "rows": rows}


def _reach(row: dict[str, Any]) -> float:
    """The far end of the best pixel statistic's interval, read in either direction; at least 0.5.

    0.5 where there is no pixel statistic.
    """
    low, high = row["best_pixel_auroc_low"], row["best_pixel_auroc_high"]
    return max(0.5, high, 1 - low) if row["best_pixel"] else 0.5


def _auroc(row: dict[str, Any] | None) -> str:
    return interval(row["auroc"], row["auroc_low"], row["auroc_high"]) if row else "–"
