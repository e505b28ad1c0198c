"""Review budgets, the threshold and the rank correlation of the scores that find an artefact."""

from typing import Any

from hardrare.report.section import TABLE_ROWS
from hardrare.report.verdicts import Verdict
from hardrare.report.words import interval, percent

FOUND = "precision_at_"


def reviews(verdict: Verdict) -> dict[str, Any]:
    """The table of what a reviewer of the highest scores finds.

    Returns:
        `head`, one word a column, and `rows`: group, score and cells of the most telling scores.
    """
    ends = [c.removeprefix(FOUND) for c in verdict.rows.columns if c.startswith(FOUND)]
    shares = sorted((e for e in ends if _number(e)), key=float)
    head = [f"top {share} %: precision, recall" for share in shares]
    head += ["as many as changed", "threshold: balanced accuracy", "Spearman"]
    rows = []
    for row in verdict.rows.head(TABLE_ROWS).iter_rows(named=True):
        cells = [
            f"{_triple(row, FOUND + share)}, {percent(row['recall_at_' + share])}"
            for share in shares
        ]
        cells += [_triple(row, f"{FOUND}injected"), _triple(row, "stump_balanced_accuracy")]
        cells.append(_triple(row, "spearman"))
        rows.append((row["group"], row["score"], cells))
    ceiling = verdict.rows["spearman_ceiling"][0]
    return {"head": head, "rows": rows, "ceiling": ceiling}


def _number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _triple(row: dict[str, Any], name: str) -> str:
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"])
