"""Numbers for `dvc metrics` (one nested mapping) and for `dvc plots` (small CSV files)."""

import csv
import io
import math
from typing import Any

import numpy as np
import polars as pl

from hardrare.report.arms import Arm
from hardrare.report.labelling import JUDGES, judged
from hardrare.report.runs import CURVES
from hardrare.report.stability import Stable
from hardrare.report.study import Study
from hardrare.report.sweep import over_shares, shares
from hardrare.report.verdicts import Verdict


def metrics(
    study: Study, detections: list[Verdict], stable: list[Stable], pruned: list[Arm]
) -> dict[str, Any]:
    """What `dvc metrics show` lists; null where a number is not defined."""
    groups = {"without_labels": "free", "with_labels": "labelled", "pixels": "pixels"}
    found: dict[str, Any] = {
        "samples": len(study.images.sample_id),
        "injected": {one: int(study.injected(one).sum()) for one in study.artefacts},
        "objective": {o: _objective(study, o, detections, stable) for o in study.curves},
        "detection": {
            verdict.artefact: {name: _row(verdict.best(group)) for name, group in groups.items()}
            for verdict in detections
        },
        "axes": {
            verdict.artefact: {axis: _plain(row["auroc"]) for axis, row in verdict.axes.items()}
            for verdict in detections
        },
        "attribution": _attribution(study),
        "accuracy": {},
        "difference_to_random": {},
        "accuracy_by_share": {},
        "labelling": {},
    }
    for arm in pruned:
        found["accuracy"].setdefault(arm.name, {})[arm.view] = _plain(arm.accuracy[0])
        if arm.name != "random":
            change = dict(zip(("mean", "low", "high"), map(_plain, arm.difference), strict=True))
            found["difference_to_random"].setdefault(arm.name, {})[arm.view] = change
    for curve in over_shares(study):
        means = dict(zip(shares(study), map(_plain, curve.accuracy[:, 0]), strict=True))
        found["accuracy_by_share"][curve.name] = {str(share): one for share, one in means.items()}
    for judge in JUDGES:
        for one in (row for budget in judged(study, judge) for row in budget):
            own = found["labelling"].setdefault(judge, {}).setdefault(one.strategy, {})
            own[str(one.labels)] = _plain(one.accuracy[0])
    return found


def plots(study: Study, detections: list[Verdict], pruned: list[Arm]) -> dict[str, str]:
    """File name to CSV text: curves per objective, detection, accuracy.

    Curves (`loss.csv`, `msd.csv`, `lgn.csv`) have one row an epoch and one column an
    objective: the mean over samples and seeds, empty where not defined. `detection.csv` has
    the scores that the page's figure shows; its `row` is artefact and score in one.
    """
    files = {f"{CURVES[column][0].lower()}.csv": _curve(study, column) for column in CURVES}
    return files | {"detection.csv": _detection(detections), "accuracy.csv": _accuracy(pruned)}


def _objective(
    study: Study, objective: str, detections: list[Verdict], stable: list[Stable]
) -> dict[str, Any]:
    """Last loss, the stability of the scores, and the best AUROC for each artefact."""
    loss = study.curves[objective].get("loss")
    last = float(loss[:, -1].mean()) if loss is not None else math.nan
    own = [one.correlation for one in stable if one.name.startswith(f"{objective}/")]
    own = [value for value in own if math.isfinite(value)]
    best = {v.artefact: _row(v.best("free", objective)).get("auroc") for v in detections}
    return {
        "loss_last_epoch": _plain(last),
        "seed_correlation_median": _plain(float(np.median(own)) if own else math.nan),
        "best_auroc": best,
    }


def _attribution(study: Study) -> dict[str, Any]:
    """AUROC of a forest for each artefact, from pixels, scores and both; and the gain."""
    found: dict[str, Any] = {}
    rows = study.attribution.filter(pl.col("model") == "forest")
    for row in rows.filter(pl.col("what").is_in(["auroc", "gain"])).iter_rows(named=True):
        name = row["inputs"] if row["what"] == "auroc" else "gain"
        found.setdefault(row["artefact"], {})[name] = _plain(row["value"])
    return found


def _row(row: dict[str, Any] | None) -> dict[str, Any]:
    """A detection row as few numbers; empty where no score qualifies."""
    if row is None:
        return {}
    return {
        "score": row["score"],
        "auroc": _plain(row["auroc"]),
        "residual_auroc": _plain(row["residual_auroc"]),
    }


def _curve(study: Study, column: str) -> str:
    """One epoch a row, one objective a column."""
    means = {
        objective: columns[column].mean(axis=0)
        for objective, columns in study.curves.items()
        if column in columns
    }
    epochs = max((len(values) for values in means.values()), default=0)
    rows = [
        [epoch, *(float(v[epoch]) if epoch < len(v) else None for v in means.values())]
        for epoch in range(epochs)
    ]
    return _csv(["epoch", *means], rows)


def _detection(detections: list[Verdict]) -> str:
    """One row for each artefact and score."""
    head = ["artefact", "score", "group", "auroc", "auroc_low", "auroc_high", "residual_auroc"]
    rows = [row for one in detections for row in one.chosen().select(head).iter_rows()]
    return _csv(["row", *head], [[f"{row[0]}: {row[1]}", *row] for row in rows])


def _accuracy(pruned: list[Arm]) -> str:
    """One row for each arm and view."""
    head = ["arm", "view", "seeds", "kept", "steps", "accuracy", "difference", "low", "high"]
    rows = [
        [a.name, a.view, a.seeds, a.kept, a.steps, float(a.accuracy[0]), *map(float, a.difference)]
        for a in pruned
    ]
    return _csv(["row", *head], [[f"{row[0]} ({row[1]})", *row] for row in rows])


def _csv(head: list[str], rows: list[list[Any]]) -> str:
    """Rows as CSV; numbers with six significant digits, undefined ones empty."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(head)
    write.writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: Any) -> Any:  # noqa: ANN401 - a cell of a CSV file
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else ""
    return value


def _plain(value: float) -> float | None:
    """A number that JSON can hold, six significant digits."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
