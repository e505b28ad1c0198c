"""Which figures a study has, with the arrays that they show and a caption."""

from collections.abc import Iterator

import numpy as np

from hardrare.report.arms import VIEWS, arms
from hardrare.report.correlations import COPY, Correlations, correlations
from hardrare.report.drawing import Drawing
from hardrare.report.labelling import labelling_drawings
from hardrare.report.map_drawings import artefact_maps, region_maps
from hardrare.report.pictures import examples, grids
from hardrare.report.representation import learning
from hardrare.report.runs import CURVES
from hardrare.report.study import Study
from hardrare.report.sweep import sweep_drawings
from hardrare.report.training import rate_ranges
from hardrare.report.verdicts import Verdict, verdicts
from hardrare.report.words import arm_name, artefact_name


def plan(study: Study) -> list[Drawing]:
    """Every figure of the report, in the order of the page."""
    return [
        *examples(study),
        *grids(study),
        *learning(study),
        *region_maps(study),
        *artefact_maps(study),
        *_curves(study),
        *rate_ranges(study),
        *(_detection(verdict) for verdict in verdicts(study)),
        *_matrices(correlations(study)),
        *_pruning(study),
        *sweep_drawings(study),
        *labelling_drawings(study),
    ]


def _curves(study: Study) -> Iterator[Drawing]:
    """Each recorded column over the epochs: hard, easy and injected samples."""
    changed = study.injected()
    hard, easy = _ends(study, "hard")
    groups = {"hard": hard & ~changed, "easy": easy & ~changed}
    groups |= {artefact_name(one): study.injected(one) for one in study.artefacts}
    for objective, columns in study.curves.items():
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


def _detection(verdict: Verdict) -> Drawing:
    """The most telling scores for one artefact against the best pixel statistic."""
    rows, pixel = verdict.chosen(), verdict.best("pixels")
    name = artefact_name(verdict.artefact)
    values = {
        "names": rows["score"].to_list(),
        "auroc": rows["auroc", "auroc_low", "auroc_high"].to_numpy(),
        "groups": rows["group"].to_list(),
        "baseline": (pixel["score"].partition("/")[2], pixel["auroc"]) if pixel else None,
        "title": f"{name.capitalize()} ({verdict.positives:,} of {verdict.n:,})",
    }
    return Drawing(f"detection-{verdict.artefact}", "detection", "detection", values, "")


def _matrices(table: Correlations) -> Iterator[Drawing]:
    """Scores without labels against all others, near copies once; then every pair."""
    rows = table.distinct(table.members("free"))
    columns = table.distinct([*table.references, *table.members("pixels")])
    if rows and columns:
        caption = f"Of scores of one run that correlate by {COPY} or more, the first is shown."
        yield _matrix("correlation", table, rows, columns, caption)
    everything = list(range(len(table.names)))
    yield _matrix("correlation-all", table, everything, everything, "", grouped=False)


def _matrix(
    name: str,
    table: Correlations,
    rows: list[int],
    columns: list[int],
    caption: str,
    grouped: bool = True,
) -> Drawing:
    """One matrix, its rows and columns grouped by run or all in one clustering."""
    names = [[table.names[i] for i in axis] for axis in (rows, columns)]
    groups = [[n.partition("/")[0] if grouped else "" for n in axis] for axis in names]
    values = {
        "values": table.value[np.ix_(rows, columns)],
        "rows": names[0],
        "columns": names[1],
        "row_groups": groups[0],
        "column_groups": groups[1],
        "title": "Without labels (rows) and with, or pixels" if grouped else "Every pair of scores",
    }
    return Drawing(name, name, "correlation_matrix", values, caption, wide=True)


def _pruning(study: Study) -> Iterator[Drawing]:
    """The paired differences to random."""
    found = [arm for arm in arms(study) if np.isfinite(arm.difference[0])]
    if not found:
        return
    names = [arm.name for arm in found if arm.view == VIEWS[0]]
    by_view = {v: np.array([arm.difference for arm in found if arm.view == v]) for v in VIEWS}
    order = np.argsort(-by_view[VIEWS[0]][:, 0], kind="stable")
    values = {
        "names": [arm_name(names[i]) for i in order],
        "differences": {view: rows[order] for view, rows in by_view.items()},
        "title": "Test accuracy compared with random pruning",
    }
    yield Drawing("pruning", "pruning", "pruning", values, "")
