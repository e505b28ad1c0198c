"""Rows of the tables under the most extreme images."""

from typing import Any

import numpy as np
import polars as pl

from hardrare import tables
from hardrare.report.read import Study
from hardrare.report.words import listed, number


def partners_of(study: Study) -> dict[int, tuple[int, float]]:
    """Of each shown row of the duplicate axis the row beside it and their similarity."""
    rows = study.extremes("duplicate")["row"].to_numpy()
    return tables.beside(tables.read(study.paths["ranking"], "ranking/2"), rows)


def extremes(study: Study, axis: str) -> list[dict[str, Any]]:
    """The most extreme samples on an axis, for the table under its grid."""
    names, sample_id = dict(enumerate(study.images.classes)), study.images.sample_id
    nearest_to = study.once(partners_of) if axis == "duplicate" else {}
    top = study.extremes(axis)
    top = top.with_columns(pl.Series("label", study.images.label[top["row"].to_numpy()]))
    return [
        {
            "sample_id": row["sample_id"],
            "file_name": row["file_name"],
            "label": names.get(row["label"], "–"),
            "artefact": listed([study.artefact_name(a) for a in study.changes_of(row["sample_id"])])
            or "–",
            "nearest": _nearest(nearest_to.get(row["row"]), sample_id) if nearest_to else "",
            "score": number(row[f"{axis}_score"], 3),
            "spread": number(row[f"{axis}_spread"], 3),
        }
        for row in top.iter_rows(named=True)
    ]


def dropped(study: Study) -> list[tuple[str, int]]:
    """The axes by which the ranking leaves samples out, with how many."""
    by = study.ranking["dropped_by"].drop_nulls().value_counts().sort("count", descending=True)
    return list(by.iter_rows())


def _nearest(partner: tuple[int, float] | None, sample_id: np.ndarray) -> str:
    """A sample's partner and their cosine, a dash where it has none."""
    return f"#{sample_id[partner[0]]} ({number(partner[1], 3)})" if partner else "–"
