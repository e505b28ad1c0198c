"""Detection for readers: which score finds which artefact, and do pixels find it as well."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from hardrare.report.numbers import plain
from hardrare.report.read import Study
from hardrare.tables import RANKING

FIGURE_ROWS = {"free": 8, "labelled": 4, "pixels": 1}


@dataclass(frozen=True)
class Verdict:
    """Detection of one artefact.

    `rows` are the rows of the detection table, most telling first, with `group` and
    `telling`: AUROC - 0.5 in the direction that the score declares; its absolute value
    where the direction is open, as with pixel statistics. `axes` are those of the
    ranking: axis to its row of the table. `title` is the artefact's for people.
    """

    artefact: str
    rows: pl.DataFrame
    positives: int
    n: int
    base_rate: float
    axes: dict[str, dict]
    title: str

    def best(self, group: str, objective: str = "") -> dict | None:
        """The most telling row of a group, or of one objective in it, as a mapping."""
        rows = self.rows.filter(
            (pl.col("group") == group)
            & pl.col("score").str.starts_with(f"{objective}/" if objective else "")
            & pl.col("auroc").is_finite()
            & ~_is_control()
        )
        return rows.row(0, named=True) if len(rows) else None

    def different(self, group: str) -> pl.DataFrame:
        """The scores of a group that order the samples as no other one of their run does.

        A deviation beside its variance is no second chance to be the best.
        """
        return self.rows.filter((pl.col("group") == group) & (pl.col("same_order_as") == ""))

    def chosen(self) -> pl.DataFrame:
        """The rows that the figure shows: the most telling ones of each group."""
        best = [
            self.rows.filter((pl.col("group") == group) & ~_is_control()).head(size)
            for group, size in FIGURE_ROWS.items()
        ]
        return (
            pl.concat(best)
            .filter(pl.col("auroc").is_finite())
            .sort("telling", descending=True, maintain_order=True)
        )


def verdicts(study: Study) -> list[Verdict]:
    """One verdict for each artefact that the detection table knows, in the manifest's order."""
    listed = []
    for artefact in study.artefacts:
        rows = study.detection.filter(pl.col("artefact") == artefact)
        if len(rows) == 0:
            continue
        of_axis = pl.col("score").str.starts_with(f"{RANKING}/")
        axes = {
            row["score"].partition("/")[2]: row
            for row in rows.filter(of_axis).iter_rows(named=True)
        }
        rows = rows.filter(~of_axis)
        auroc = rows["auroc"].to_numpy().astype(np.float64) - 0.5
        telling = np.where(rows["harder"].to_numpy() == "open", np.abs(auroc), auroc)
        rows = rows.with_columns(
            pl.Series("group", [study.group(name) for name in rows["score"]]),
            pl.Series("telling", np.nan_to_num(telling, nan=-1.0)),
        ).sort("telling", "score", descending=[True, False], maintain_order=True)
        first = rows.row(0, named=True)
        sizes = first["positives"], first["n"], first["base_rate"]
        listed.append(Verdict(artefact, rows, *sizes, axes, study.artefact_name(artefact)))
    return listed


def row_numbers(row: dict[str, Any] | None) -> dict[str, Any]:
    """A detection row as few numbers; empty where no score qualifies."""
    if row is None:
        return {}
    numbers = {name: plain(row[name]) for name in ("auroc", "residual_auroc")}
    return {"score": row["score"], **numbers}


def _is_control() -> pl.Expr:
    """Whether a row is the seeded random score: a control, and no pixel statistic."""
    return pl.col("score").str.ends_with("/random")
