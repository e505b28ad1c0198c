"""What the audit of the injection found, and how well pixel statistics see each artefact."""

from typing import Any

import polars as pl

from hardrare.report.read import Study
from hardrare.report.verdicts import Verdict
from hardrare.report.words import interval, number


def audited(study: Study) -> list[dict[str, Any]]:
    """One row an artefact: changed as claimed, deviation from what it should be, what is wrong."""
    rows = []
    for row in study.frame("verdicts/audit", "audit/1").iter_rows(named=True):
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
    names = [score.name for score in study.scores if study.group(score.name) == "pixels"]
    columns = []
    for verdict in detections:
        rows = {row["score"]: row for row in verdict.rows.iter_rows(named=True)}
        best = verdict.rows.filter(pl.col("best_pixel") != "")["best_pixel"].unique().to_list()
        columns.append({name: (_auroc(rows.get(name)), name in best) for name in names})
    return {
        "artefacts": [detection.artefact for detection in detections],
        "rows": [(name.partition("/")[2], [column[name] for column in columns]) for name in names],
    }


def _auroc(row: dict[str, Any] | None) -> str:
    return interval(row["auroc"], row["auroc_low"], row["auroc_high"]) if row else "–"
