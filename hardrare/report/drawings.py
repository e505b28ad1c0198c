"""Which figures a study has, with the arrays that they show and a caption."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from hardrare.report.arms import VIEWS, arms
from hardrare.report.correlations import COPY, Correlations, correlations
from hardrare.report.study import CURVES, Study
from hardrare.report.verdicts import Verdict, verdicts
from hardrare.report.words import AXES, arm_name, artefact_name, listed


@dataclass(frozen=True)
class Drawing:
    """One figure to draw: its file's name, the page's section, and what `figures.draw` takes."""

    name: str
    section: str
    kind: str
    values: dict[str, Any]
    caption: str
    wide: bool = False


def plan(study: Study) -> list[Drawing]:
    """Every figure of the report, in the order of the page."""
    return [
        *_examples(study),
        *_grids(study),
        *_maps(study),
        *_curves(study),
        *(_detection(verdict) for verdict in verdicts(study)),
        *_matrices(correlations(study)),
        *_pruning(study),
    ]


def _examples(study: Study, shown: int = 8) -> Iterator[Drawing]:
    """First samples of each artefact, beside those they were made of where these remain."""
    row_of = {one: row for row, one in enumerate(study.images.sample_id.tolist())}
    for artefact in study.artefacts:
        rows = study.manifest.filter(pl.col("artefact") == artefact).sort("sample_id")
        groups = [_origins(study, row, row_of) for row in rows.head(shown).iter_rows(named=True)]
        wide = len(groups[0])
        pictures = [one for group in groups if len(group) == wide for one in group]
        columns = 3 if wide == 3 else 4
        pictures = pictures[: 2 * columns]
        values = {
            "images": study.images.image[[row for row, _, _ in pictures]],
            "captions": [caption for _, caption, _ in pictures],
            "framed": [changed for _, _, changed in pictures],
            "columns": columns,
        }
        caption = f"{artefact_name(artefact).capitalize()} (in red frames)"
        yield Drawing(f"examples-{artefact}", "examples", "image_grid", values, caption)


def _origins(
    study: Study, row: dict[str, Any], row_of: dict[int, int]
) -> list[tuple[int, str, bool]]:
    """The images a sample was made of, then the sample: row, caption, whether it is changed."""
    changes, found = study.changes, []
    for one, role in ((row["base_id"], "first"), (row["partner_id"], "second")):
        if one in row_of and one not in changes:
            found.append((row_of[one], f"#{one}\n{role}", False))
    sample = row["sample_id"]
    return [*found, (row_of[sample], f"#{sample}\n{_change(study, row)}", True)]


def _change(study: Study, row: dict[str, Any]) -> str:
    """What happened to a sample, in two or three words."""
    before, after = row["label_before"], row["label_after"]
    if before is not None and after is not None and before != after:
        return f"{_label(study, before)} → {_label(study, after)}"
    return "changed"


def _label(study: Study, label: int) -> str:
    """A label's name."""
    return study.images.classes[label] if label < len(study.images.classes) else str(label)


def _grids(study: Study) -> Iterator[Drawing]:
    """The most extreme samples on each axis of the ranking."""
    changes = study.changes
    for axis, meaning in AXES.items():
        top = (
            study.ranking.with_row_index("row")
            .sort(f"{axis}_rank", "sample_id")
            .head(study.settings.examples)
        )
        rows = top["row"].to_numpy()
        yield Drawing(
            f"images-{axis}",
            f"images-{axis}",
            "image_grid",
            {
                "images": study.images.image[rows],
                "captions": [
                    f"{rank}. {_caption(study, row, changes)}" for rank, row in enumerate(rows, 1)
                ],
                "framed": np.isin(study.images.sample_id[rows], list(changes)),
            },
            f"The {len(rows)} most {axis} samples: {meaning}.",
        )


def _caption(study: Study, row: int, changes: dict[int, list[str]]) -> str:
    """A sample's id, label and artefacts, one a line."""
    one, label = int(study.images.sample_id[row]), int(study.images.label[row])
    artefacts = listed([artefact_name(artefact) for artefact in changes.get(one, [])])
    return f"#{one}\n{_label(study, label) if label >= 0 else 'no label'}\n{artefacts}"


def _maps(study: Study) -> Iterator[Drawing]:
    """The data map: all samples, and each artefact over the samples that nothing was done to."""
    mean, variability = study.data_map
    changed = study.injected()
    nothing = np.zeros_like(changed)
    panels = {"all": (nothing, nothing, "All samples")}
    for artefact in study.artefacts:
        marked = study.injected(artefact)
        title = f"{artefact_name(artefact).capitalize()} ({marked.sum():,} points)"
        panels[artefact] = (marked, changed & ~marked, title)
    for name, (marked, hidden, title) in panels.items():
        values = {
            "mean": mean,
            "variability": variability,
            "marked": marked,
            "hidden": hidden,
            "title": title,
            "quantity": study.settings.data_map,
        }
        yield Drawing(f"data_map-{name}", "data_map", "data_map", values, "")


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
