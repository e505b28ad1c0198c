"""Rows of the page's table of what the features of each run know of the classes."""

from typing import Any

import polars as pl

from hardrare.report.study import Study
from hardrare.report.words import interval, number

REMARKS = {
    ("free", True): "above the pixels by both",
    ("free", False): "not above the pixels by both",
    ("labelled", True): "trained on the labels of these images",
    ("labelled", False): "trained on the labels of these images",
    ("pixels", False): "",
}


def represented(study: Study) -> list[dict[str, Any]]:
    """One row a run, the pixels last: the accuracy by each judge in words, and its group.

    The remark says whether both accuracies have an interval above that of the pixels. A run
    with labels was trained on those of the very images that judge it, and is told apart.
    """
    table = study.representation
    pixels = {row["judge"]: row for row in _of(table, "pixels", None)}
    runs = table.select("objective", "seed").unique(maintain_order=True).iter_rows()
    rows = []
    for objective, seed in runs:
        own = _of(table, objective, seed)
        row: dict[str, Any] = {one["judge"]: _words(one) for one in own}
        row["name"] = objective if seed is None else f"{objective}, seed {seed}"
        row["group"] = study.group(f"{objective}/")
        above = all(one["low"] > pixels[one["judge"]]["high"] for one in own)
        row["remark"] = REMARKS[row["group"], above]
        rows.append(row)
    return rows


def chances(study: Study) -> dict[str, Any]:
    """Chance in words and the samples judged, by judge; empty where nothing was judged."""
    rows = _of(study.representation, "pixels", None)
    return {one["judge"]: {"chance": number(one["chance"], 3), "n": one["n"]} for one in rows}


def _of(table: pl.DataFrame, objective: str, seed: int | None) -> list[dict[str, Any]]:
    own = table.filter((pl.col("objective") == objective) & pl.col("seed").eq_missing(seed))
    return own.to_dicts()


def _words(row: dict[str, Any]) -> str:
    return interval(row["accuracy"], row["low"], row["high"], 3)
