"""How the networks treat groups of images over the epochs."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from hardrare.report.drawing import Drawing
from hardrare.report.numbers import csv_text, plain
from hardrare.report.over_epochs import CURVES, curves
from hardrare.report.read import Study
from hardrare.report.section import Section
from hardrare.report.stability import stable_rows
from hardrare.report.verdicts import row_numbers, verdicts

Columns = dict[str, dict[str, np.ndarray]]  # objective to column to (N, T), mean over seeds


def recorded(study: Study) -> Columns:
    """What the runs without labels recorded of what the section shows."""
    folder, sample_id = study.paths["dynamics"], study.images.sample_id
    runs = study.settings.free_runs
    return {name: curves(folder, name, seeds, sample_id) for name, seeds in runs.items()}


def _drawings(study: Study) -> Iterator[Drawing]:
    """Each recorded column over the epochs: hard, easy and injected samples."""
    changed = study.injected()
    hard, easy = _ends(study, "hard")
    groups = {"hard": hard & ~changed, "easy": easy & ~changed}
    groups |= {
        study.artefact_name(artefact): study.injected(artefact) for artefact in study.artefacts
    }
    for objective, columns in study.once(recorded).items():
        for column, values in columns.items():
            title, quantity = CURVES[column]
            shown = {name: values[rows] for name, rows in groups.items() if rows.any()}
            if shown and np.isfinite(values).any():
                arguments = {"groups": shown, "title": f"{objective}: {title}"}
                yield Drawing(
                    f"{title.lower()}-{objective}",
                    f"curves-{objective}",
                    "dynamics_curves",
                    arguments | {"quantity": quantity},
                    "",
                )


def _ends(study: Study, axis: str) -> tuple[np.ndarray, np.ndarray]:
    """`(N,)` bool twice: the samples that the axis marks, and as many at its other end."""
    rank, marked = study.ranking[f"{axis}_rank"].to_numpy(), study.ranking[f"is_{axis}"].to_numpy()
    return marked, rank > len(rank) - marked.sum()


def _numbers(study: Study) -> Mapping[str, Any]:
    """Of each objective the last loss, the stability of its scores, the best AUROCs."""
    return {"objective": {name: _objective(study, name) for name in study.once(recorded)}}


def _objective(study: Study, objective: str) -> dict[str, Any]:
    loss = study.once(recorded)[objective].get("loss")
    last = float(loss[:, -1].mean()) if loss is not None else np.nan
    stable = study.once(stable_rows)
    own = [
        stability.spearman for stability in stable if stability.score.startswith(f"{objective}/")
    ]
    own = [value for value in own if np.isfinite(value)]
    best = {
        verdict.artefact: row_numbers(verdict.best("free", objective)).get("auroc")
        for verdict in study.once(verdicts)
    }
    return {
        "loss_last_epoch": plain(last),
        "seed_correlation_median": plain(float(np.median(own)) if own else np.nan),
        "best_auroc": best,
    }


def _plots(study: Study) -> Mapping[str, str]:
    """`loss.csv`, `msd.csv`, `lgn.csv`: one row an epoch and one column an objective.

    The mean over samples and seeds, empty where not defined.
    """
    runs = study.once(recorded)
    return {f"{CURVES[column][0].lower()}.csv": _curve(runs, column) for column in CURVES}


def _curve(runs: Columns, column: str) -> str:
    means = {name: own[column].mean(axis=0) for name, own in runs.items() if column in own}
    epochs = max((len(values) for values in means.values()), default=0)
    rows = [
        [epoch, *(float(v[epoch]) if epoch < len(v) else None for v in means.values())]
        for epoch in range(epochs)
    ]
    return csv_text(["epoch", *means], rows)


SECTION = Section("Over the epochs", 60, drawings=_drawings, numbers=_numbers, plots=_plots)
