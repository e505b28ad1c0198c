"""Scores of the runs of a study, and the axes of its ranking read as scores."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.tables.files import column, read
from hardrare.tables.kinds import AXES
from hardrare.tables.parts import table_of

# These stand for a run in names of scores:
APPEARANCE = "appearance"  # of what images look like
RANKING = "ranking"  # of the axes of the ranking


@dataclass(frozen=True)
class Score:
    """One score over a study: `values (S, N)` for S seeds, and what its metric declares."""

    name: str  # objective/metric
    values: np.ndarray
    unit: str
    harder: str
    source: str
    reason: str = ""  # of a severity: what an image is called where it reaches 1

    @property
    def run(self) -> str:
        """What comes before the metric in its name."""
        return self.name.rpartition("/")[0]


def read_scores(
    folder: Path, runs: Mapping[str, Sequence[int | None]]
) -> tuple[np.ndarray, list[Score]]:
    """The scores of many runs, their seeds stacked.

    Args:
        folder: holds `<objective>-<seed>.arrow`, or `<objective>.arrow` for seed None, itself
            or in its parts.
        runs: objective to its seeds; never what happens to lie in the folder.

    Returns:
        `sample_id (N,)` and the scores, named `<objective>/<metric>`, in order of `runs`.
    """
    ids, scores = None, []
    for objective, seeds in runs.items():
        names = [objective if s is None else f"{objective}-{s}" for s in seeds]
        paths = [table_of(folder, name) for name in names]
        tables = [read(path, "scores/1") for path in paths]
        for path, table in zip(paths, tables, strict=True):
            own = column(table, "sample_id")
            ids = own if ids is None else ids
            _require_same(path, own, ids)
        for field in tables[0].schema if tables else []:
            if field.name == "sample_id":
                continue
            meta = {k.decode(): v.decode() for k, v in (field.metadata or {}).items()}
            values = np.stack([column(t, field.name).astype(np.float64) for t in tables])
            scores.append(Score(f"{objective}/{field.name}", values, **meta))
    if ids is None:
        raise InputError(f"{folder}: no run to read; name at least one objective and seed.")
    return ids, scores


def _require_same(path: Path, own: np.ndarray, ids: np.ndarray) -> None:
    """Refuse scores of other samples, and say so where it is labels that are missing."""
    if np.array_equal(ids, own):
        return
    if len(own) < len(ids) and np.isin(own, ids).all():
        raise InputError(
            f"{path}: scores {len(own)} of {len(ids)} samples, those that have a label; label "
            "all of them, or take its kind out of supervise."
        )
    raise InputError(f"{path}: scores other samples; run score again.")


def read_axes(path: Path, sample_id: np.ndarray) -> list[Score]:
    """The axes of a ranking as scores `ranking/<axis>`, a percentile each: high = more so.

    Args:
        path: the ranking.
        sample_id: `(N,)` ids that it must hold.

    Raises:
        InputError: as `read`, or it holds other samples.
    """
    table = read(path, "ranking/2")
    if not np.array_equal(column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: ranks other samples than were scored; run rank again.")
    return [
        Score(
            f"{RANKING}/{axis}",
            column(table, f"{axis}_score").astype(np.float64)[None],
            unit="percentile", harder="high", source=meaning,
        )
        for axis, meaning in AXES.items()
    ]  # fmt: skip


def pick(name: str, scores: Mapping[str, Score], asked_by: str) -> Score:
    """A score by its name.

    Args:
        name: `<objective>/<metric>`.
        scores: what there is, by name.
        asked_by: the parameter that names it, for the message.

    Raises:
        InputError: there is no such score; lists names near to it.
    """
    if name not in scores:
        near = difflib.get_close_matches(name, scores, n=5, cutoff=0.4) or sorted(scores)[:5]
        raise InputError(f"{asked_by}: no score {name}; near ones are {', '.join(near)}.")
    return scores[name]
