"""Rows of the page's table of what the features of each run know of the classes."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from hardrare.report.drawing import Drawing
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
    table = last(study.representation)
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
    rows = _of(last(study.representation), "pixels", None)
    return {one["judge"]: {"chance": number(one["chance"], 3), "n": one["n"]} for one in rows}


def last(table: pl.DataFrame) -> pl.DataFrame:
    """The rows of each run's last snapshot."""
    return table.filter(
        (pl.col("epoch") == pl.col("epoch").max().over("objective", "seed"))
        | pl.col("epoch").is_null()
    )


def knowledge(study: Study) -> dict[str, str]:
    """Objective, or `pixels`, to the accuracy of its neighbours' vote in words, mean over seeds.

    Beside a score it says what the features know that the score comes from. Runs that leave no
    features in one space (over two halves, on pseudo-labels) are not among them.
    """
    rows = last(study.representation).filter(pl.col("judge") == "knn")
    means = rows.group_by("objective", maintain_order=True).agg(pl.col("accuracy").mean())
    return {name: number(value, 2) for name, value in means.iter_rows()}


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


def _of(table: pl.DataFrame, objective: str, seed: int | None) -> list[dict[str, Any]]:
    own = table.filter((pl.col("objective") == objective) & pl.col("seed").eq_missing(seed))
    return own.to_dicts()


def _words(row: dict[str, Any]) -> str:
    return interval(row["accuracy"], row["low"], row["high"], 3)
