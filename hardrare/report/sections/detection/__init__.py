"""Detection of the artefacts: which score finds which, and do pixels find it as well."""

from collections.abc import Iterable, Mapping
from typing import Any

from hardrare.report.drawing import Drawing
from hardrare.report.knowledge import chances, knowledge
from hardrare.report.numbers import csv_text, plain
from hardrare.report.read import Study
from hardrare.report.section import Finding, Section
from hardrare.report.sections.detection.by_axes import found_by_axes
from hardrare.report.sections.detection.findings import finding
from hardrare.report.sections.detection.reviews import reviews
from hardrare.report.verdicts import Verdict, row_numbers, verdicts
from hardrare.tables import AXES

GROUPS = {"without_labels": "free", "with_labels": "labelled", "pixels": "pixels"}


def _tables(study: Study) -> Mapping[str, Any]:
    detections = study.once(verdicts)
    return {
        "by_axes": found_by_axes(study, detections),
        "detections": detections,
        "reviews": {detection.artefact: reviews(detection) for detection in detections},
        "chances": chances(study),
        "knowledge": knowledge(study),
        "AXES": AXES,
        "NOTES": {name: said["note"] for name, said in study.artefact_words.items()},
    }


def _drawings(study: Study) -> Iterable[Drawing]:
    return [_drawing(verdict) for verdict in study.once(verdicts)]


def _drawing(verdict: Verdict) -> Drawing:
    """The most telling scores for one artefact against the best pixel statistic."""
    rows, pixel = verdict.chosen(), verdict.best("pixels")
    name = verdict.title
    values = {
        "names": rows["score"].to_list(),
        "auroc": rows["auroc", "auroc_low", "auroc_high"].to_numpy(),
        "groups": rows["group"].to_list(),
        "baseline": (pixel["score"].partition("/")[2], pixel["auroc"]) if pixel else None,
        "title": f"{name.capitalize()} ({verdict.positives:,} of {verdict.n:,})",
    }
    return Drawing(f"detection-{verdict.artefact}", "detection", "detection", values, "")


def _findings(study: Study) -> Iterable[Finding]:
    return [finding(verdict) for verdict in study.once(verdicts)]


def _numbers(study: Study) -> Mapping[str, Any]:
    """The best score of each group, and what each axis finds, for each artefact."""
    detections = study.once(verdicts)
    return {
        "detection": {
            detection.artefact: {
                name: row_numbers(detection.best(group)) for name, group in GROUPS.items()
            }
            for detection in detections
        },
        "axes": {
            detection.artefact: {axis: plain(row["auroc"]) for axis, row in detection.axes.items()}
            for detection in detections
        },
    }


def _plots(study: Study) -> Mapping[str, str]:
    """The scores that the figure shows; `row` is artefact and score in one."""
    head = ["artefact", "score", "group", "auroc", "auroc_low", "auroc_high", "residual_auroc"]
    detections = study.once(verdicts)
    rows = [row for detection in detections for row in detection.chosen().select(head).iter_rows()]
    lines = [[f"{row[0]}: {row[1]}", *row] for row in rows]
    return {"detection.csv": csv_text(["row", *head], lines)}


SECTION = Section("Detection", 80, _tables, _drawings, _findings, _numbers, _plots)
