"""What each axis of the ranking finds of each artefact."""

from typing import Any

from hardrare.report.read import Study
from hardrare.report.verdicts import Verdict
from hardrare.report.words import interval


def found_by_axes(study: Study, detections: list[Verdict]) -> dict[str, Any]:
    """AUROC of every axis of the ranking for every artefact.

    Returns:
        `axes`, each with the scores that make it, and `rows`: an artefact, and for each axis
        `(text, whether its interval lies above chance and above the best pixel statistic's)`.
    """
    axes = study.settings.axes
    rows = []
    for verdict in detections:
        areas = [verdict.axes.get(axis) for axis in axes]
        cells = [(_auroc(row), bool(row and row["auroc_low"] > _reach(row))) for row in areas]
        rows.append((verdict.artefact, cells))
    return {"axes": {axis: ", ".join(scores) for axis, scores in axes.items()}, "rows": rows}


def _reach(row: dict[str, Any]) -> float:
    """The far end of the best pixel statistic's interval, read in either direction; at least 0.5.

    0.5 where there is no pixel statistic.
    """
    low, high = row["best_pixel_auroc_low"], row["best_pixel_auroc_high"]
    return max(0.5, high, 1 - low) if row["best_pixel"] else 0.5


def _auroc(row: dict[str, Any] | None) -> str:
    return interval(row["auroc"], row["auroc_low"], row["auroc_high"]) if row else "–"
