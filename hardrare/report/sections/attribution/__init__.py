"""Which scores matter: what all label-free scores know together, and which of them carry it."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from hardrare.report.drawing import Drawing
from hardrare.report.numbers import plain
from hardrare.report.read import Study
from hardrare.report.section import Finding, Section
from hardrare.report.sections.attribution.models import (
    attribution_figures,
    carriers,
    fitted,
    together,
)
from hardrare.report.verdicts import verdicts
from hardrare.report.words import interval


def _tables(study: Study) -> Mapping[str, Any]:
    return {"together": together(study, study.once(verdicts)), "carriers": carriers(study)}


def _drawings(study: Study) -> Iterable[Drawing]:
    return attribution_figures(study, study.once(verdicts))


def _findings(study: Study) -> Iterable[Finding]:
    """What all scores without labels add to the pixels, by a forest on held-out images."""
    gains = fitted(study).filter((pl.col("what") == "gain") & (pl.col("model") == "forest"))
    if not len(gains):
        return []
    parts = []
    for row in gains.sort("value", descending=True).iter_rows(named=True):
        amount = interval(row["value"], row["low"], row["high"])
        parts.append(f"{study.artefact_name(row['artefact'])} {amount}")
    said = Finding(
        "All scores together",
        [
            "What a random forest gains in AUROC from all scores without labels, beyond the pixel "
            f"statistics, on images that it was not fitted on: {'; '.join(parts)}."
        ],
    )
    return [said]


def _numbers(study: Study) -> Mapping[str, Any]:
    """AUROC of a forest for each artefact, from pixels, scores and both; and the gain."""
    numbers: dict[str, Any] = {}
    rows = fitted(study).filter(pl.col("model") == "forest")
    for row in rows.filter(pl.col("what").is_in(["auroc", "gain"])).iter_rows(named=True):
        name = row["inputs"] if row["what"] == "auroc" else "gain"
        numbers.setdefault(row["artefact"], {})[name] = plain(row["value"])
    return {"attribution": numbers}


SECTION = Section("Which scores matter", 90, _tables, _drawings, _findings, _numbers)
