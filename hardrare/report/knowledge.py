"""What the features of the runs know of the classes, beside what comes of them."""

from typing import Any

import polars as pl

from hardrare.report.read import Study
from hardrare.report.words import number


def knowledge(study: Study) -> dict[str, str]:
    """Objective, or `pixels`, to the accuracy of its neighbours' vote in words, mean over seeds.

    Beside a score it says what the features know that the score comes from. Runs that leave no
    features in one space (over two halves, on pseudo-labels) are not among them.
    """
    rows = last(study.representation).filter(pl.col("judge") == "knn")
    means = rows.group_by("objective", maintain_order=True).agg(pl.col("accuracy").mean())
    return {name: number(value, 2) for name, value in means.iter_rows()}


def chances(study: Study) -> dict[str, Any]:
    """Chance in words and the samples judged, by judge; empty where nothing was judged."""
    rows = rows_of(last(study.representation), "pixels", None)
    return {row["judge"]: {"chance": number(row["chance"], 3), "n": row["n"]} for row in rows}


def last(table: pl.DataFrame) -> pl.DataFrame:
    """The rows of each run's last snapshot."""
    return table.filter(
        (pl.col("epoch") == pl.col("epoch").max().over("objective", "seed"))
        | pl.col("epoch").is_null()
    )


def rows_of(table: pl.DataFrame, objective: str, seed: int | None) -> list[dict[str, Any]]:
    """The rows of one run, or of the pixels."""
    own = table.filter((pl.col("objective") == objective) & pl.col("seed").eq_missing(seed))
    return own.to_dicts()
