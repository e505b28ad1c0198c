"""Which score matters: what all label-free scores know together, and which of them carry it."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from hardrare.report.drawing import Drawing
from hardrare.report.read import Study
from hardrare.report.verdicts import Verdict
from hardrare.report.words import interval

MODELS = {"forest": "random forest", "logistic": "sparse logistic model"}
INPUTS = {
    "pixels": "pixel statistics",
    "scores": "scores without labels",
    "both": "both together",
}
SHOWN = 5  # scores of each artefact and model
LEAST = 0.005  # AUROC, below which two decimals show nothing


def fitted(study: Study) -> pl.DataFrame:
    """What the models reached, and what each score and family is to them."""
    return study.frame("verdicts/attribution", "attribution/1")


def attributed(study: Study) -> list[str]:
    """The artefacts that models were fitted for, in the manifest's order."""
    known = set(fitted(study)["artefact"])
    return [artefact for artefact in study.artefacts if artefact in known]


def together(study: Study, detections: list[Verdict]) -> list[dict[str, Any]]:
    """One row an artefact and model: AUROC from pixels, scores and both, the gain, and sizes."""
    best = {detection.artefact: detection.best("free") for detection in detections}
    rows = []
    for artefact in attributed(study):
        single = best.get(artefact)
        for model, name in MODELS.items():
            part = _part(study, artefact, model)
            whole = part.filter(pl.col("what") == "auroc").rows_by_key(
                "inputs", named=True, unique=True
            )
            gain = part.filter(pl.col("what") == "gain").row(0, named=True)
            rows.append(
                {
                    "artefact": artefact,
                    "model": name,
                    "positives": gain["positives"],
                    "n": gain["n"],
                    "cells": [_triple(whole[name]) for name in INPUTS],
                    "gain": _triple(gain),
                    "used": whole["scores"]["used"],
                    "single": single,
                }
            )
    return rows


def carriers(study: Study) -> dict[str, Any]:
    """Families by what shuffling them costs each artefact, and the scores that cost most.

    Returns:
        `artefacts`; `families`: name, number of scores and a `(text, percent)` for each
        artefact, of the forest; `scores`: artefact, model and the costly scores in words.
    """
    names, cells, sizes = attributed(study), {}, {}
    for at, artefact in enumerate(names):
        rows = _part(study, artefact, "forest").filter(pl.col("what") == "family")
        for row in rows.iter_rows(named=True):
            line = cells.setdefault(row["name"], [("–", 0.0)] * len(names))
            line[at] = (_triple(row), 100 * max(0.0, min(1.0, 2 * row["value"])))
            sizes[row["name"]] = row["used"]
    order = sorted(cells, key=lambda family: -max(share for _, share in cells[family]))
    scores = []
    for artefact in names:
        for model, title in MODELS.items():
            rows = _part(study, artefact, model).filter(
                (pl.col("what") == "score") & (pl.col("low") > LEAST)
            )
            top = rows.sort("value", "name", descending=[True, False]).head(SHOWN)
            said = [(row["name"], _triple(row)) for row in top.iter_rows(named=True)]
            scores.append((artefact, title, said))
    return {
        "artefacts": names,
        "families": [(family, sizes[family], cells[family]) for family in order],
        "scores": scores,
    }


def attribution_figures(study: Study, detections: list[Verdict]) -> Iterator[Drawing]:
    """A panel an artefact: AUROC of both models from each kind of input."""
    best = {detection.artefact: detection.best("free") for detection in detections}
    for artefact in attributed(study):
        models = {}
        for model, title in MODELS.items():
            rows = _by_inputs(_part(study, artefact, model))
            models[title] = [[rows[i][end] for end in ("value", "low", "high")] for i in INPUTS]
        single = best.get(artefact)
        values = {
            "inputs": list(INPUTS.values()),
            "models": models,
            "single": abs(single["auroc"] - 0.5) + 0.5 if single else None,
            "title": study.artefact_name(artefact).capitalize(),
        }
        yield Drawing(f"attribution-{artefact}", "attribution", "attribution", values, "")


def _part(study: Study, artefact: str, model: str) -> pl.DataFrame:
    return fitted(study).filter((pl.col("artefact") == artefact) & (pl.col("model") == model))


def _by_inputs(part: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """The AUROC rows by what the model reads."""
    areas = part.filter(pl.col("what") == "auroc")
    return {row["inputs"]: row for row in areas.iter_rows(named=True)}


def _triple(row: dict[str, Any]) -> str:
    return interval(row["value"], row["low"], row["high"])
