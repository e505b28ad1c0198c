"""Agreement and stability in few numbers, for each objective and each family of metrics."""

from typing import Any

import numpy as np
import polars as pl

from hardrare.report.read import Study
from hardrare.report.stability import Stable
from hardrare.report.words import interval, number

AGAINST = {
    "itself": "inside one run",
    "elsewhere": "same family, other runs",
    "free": "other scores without labels",
    "labels": "metrics with labels",
    "pixels": "pixel statistics",
}


def summarised(study: Study, stable: list[Stable]) -> dict[str, dict[str, Any]]:
    """By objective and by family: `head`, and `rows` of a group, its size and its cells.

    Columns that no group has are left out. The last one is the median rank correlation of two
    seeds over the group's scores.
    """
    summaries = {}
    for by in ("objective", "family"):
        groups: dict[str, dict[str, Any]] = {}
        for row in study.frame("verdicts/summary", "summary/1").iter_rows(named=True):
            if row["by"] == by:
                groups.setdefault(row["group"], {})[row["against"]] = row
        columns = [
            column for column in AGAINST if any(column in group for group in groups.values())
        ]
        rows = [
            (name, next(iter(group.values()))["scores"], [_cell(group.get(c)) for c in columns])
            for name, group in groups.items()
        ]
        rows = [(*row[:2], [*row[2], _seeds(stable, by, row[0])]) for row in rows]
        summaries[by] = {"head": [*(AGAINST[c] for c in columns), "two seeds"], "rows": rows}
    return summaries


def methods(study: Study) -> dict[str, Any]:
    """How Pearson's correlation and Kendall's tau-b compare with Spearman's, over all pairs.

    Returns:
        For `pearson` and `kendall`: `size` and `spearman`, medians of the absolute values;
        `pair`, the one that differs most from Spearman's, with both values; `n` samples.
        Empty without a pair.
    """
    pooled = (
        study.frame("agreement", "agreement/1")
        .filter(pl.col("view") == "pooled")
        .drop_nans("value")
    )
    keys = ["score_a", "score_b"]
    ranks = pooled.filter(pl.col("method") == "spearman").select(*keys, rho="value")
    by_method = {}
    for method in ("pearson", "kendall"):
        both = pooled.filter(pl.col("method") == method).join(ranks, keys, "inner")
        if not len(both):
            continue
        far = both.sort((pl.col("value") - pl.col("rho")).abs(), descending=True).row(0, named=True)
        by_method[method] = {
            "size": number(both["value"].abs().median()),
            "spearman": number(both["rho"].abs().median()),
            "pairs": len(both),
            "n": far["n"],
            "far": far,
            "value": interval(far["value"], far["low"], far["high"]),
        }
    return by_method


def _cell(row: dict[str, Any] | None) -> str:
    return interval(row["value"], row["low"], row["high"]) if row else "–"


def _seeds(stable: list[Stable], by: str, group: str) -> str:
    """Median over the scores of the group."""
    values = [
        stability.spearman
        for stability in stable
        if np.isfinite(stability.spearman)
        and group == (stability.family if by == "family" else stability.score.partition("/")[0])
    ]
    return number(float(np.median(values))) if values else "–"
