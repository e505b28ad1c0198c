"""Rows of the page's table of what the features of each run know of the classes."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from hardrare.report.drawing import Drawing
from hardrare.report.knowledge import last, rows_of
from hardrare.report.read import Study
from hardrare.report.words import interval

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
    table = last(study.representation)
    pixels = {row["judge"]: row for row in rows_of(table, "pixels", None)}
    runs = table.select("objective", "seed").unique(maintain_order=True).iter_rows()
    rows = []
    for objective, seed in runs:
        own = rows_of(table, objective, seed)
        row: dict[str, Any] = {judged["judge"]: _words(judged) for judged in own}
        row["name"] = objective if seed is None else f"{objective}, seed {seed}"
        row["group"] = study.group(f"{objective}/")
        above = all(judged["low"] > pixels[judged["judge"]]["high"] for judged in own)
        row["remark"] = REMARKS[row["group"], above]
        rows.append(row)
    return rows


def learning(study: Study) -> Iterator[Drawing]:
    """The accuracy of the neighbours' vote at every snapshot of the runs without labels."""
    rows = study.representation.filter(pl.col("judge") == "knn")
    runs = {}
    for objective in study.settings.objectives:
        own = rows.filter(pl.col("objective") == objective).sort("seed", "epoch")
        if own["epoch"].n_unique() > 1:
            seeds = own.partition_by("seed", maintain_order=True)
            runs[objective] = [(s["epoch"].to_numpy() + 1, s["accuracy"].to_numpy()) for s in seeds]
    pixels = rows.filter(pl.col("objective") == "pixels")
    if runs and len(pixels):
        levels = {"pixels": pixels["accuracy"][0], "chance": pixels["chance"][0]}
        values = {"runs": runs, "levels": levels, "title": "Snapshot by snapshot"}
        yield Drawing("representation", "representation", "accuracy_curves", values, "")


def _words(row: dict[str, Any]) -> str:
    return interval(row["accuracy"], row["low"], row["high"], 3)
