"""Rows of the page's table of what the features of each run know of the classes."""

from typing import Any

import polars as pl

from hardrare.report.study import Study
from hardrare.report.words import interval, number

JUDGES = {"knn": "nearest neighbours", "probe": "linear probe"}


def represented(study: Study) -> list[dict[str, Any]]:
    """One row a run, the pixels last: the accuracy by each judge in words, and its group.

    `beats` says whether both accuracies have an interval above that of the pixels.
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
        row["beats"] = all(one["low"] > pixels[one["judge"]]["high"] for one in own)
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
