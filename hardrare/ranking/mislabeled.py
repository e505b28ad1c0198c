"""The axis that reads labels: who doubts the label that a sample was given."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.ranking.axes import Axis, axis
from hardrare.tables import HELD_OUT, read_scores, read_suggested


def doubted(
    entries: Sequence[str],
    runs: Mapping[str, Sequence[int]],
    scores: Path,
    sample_id: np.ndarray,
    *,
    share: float,
) -> Axis | None:
    """The axis `mislabeled`, of those entries whose run there is; None where there is none.

    A sample without a label has no place: NaN, and rank 0.

    Args:
        entries: of scores `<kind>/<metric>` that read labels.
        runs: names and seeds of the study's runs with labels.
        scores: the folder of the scores.
        sample_id: (N,) ascending; the runs are of those that have a label.
        share: of the labelled samples, the top that is marked.

    Raises:
        InputError: as `axis`, or the runs are of other samples.
    """
    wanted = [entry for entry in entries if entry.partition("/")[0] in runs]
    if not wanted:
        return None
    names = dict.fromkeys(entry.partition("/")[0] for entry in wanted)
    ids, known = read_scores(scores, {name: runs[name] for name in names})
    if not np.isin(ids, sample_id).all():
        raise InputError(f"{scores}: {', '.join(names)} is of other samples; run score again.")
    return _among(axis("mislabeled", wanted, known, share=share), np.isin(sample_id, ids))


def _among(whole: Axis, known: np.ndarray) -> Axis:
    """An axis of those samples that are known `(N,)` bool, as one of all N."""

    def spread(values: np.ndarray, absent: float | bool) -> np.ndarray:
        every = np.full(len(known), absent, values.dtype)
        every[known] = values
        return every

    rank, member = spread(whole.rank, 0), spread(whole.member, False)
    return Axis(spread(whole.score, np.nan), rank, spread(whole.spread, np.nan), member)


def suggested(
    entries: Sequence[str],
    runs: Mapping[str, Sequence[int]],
    dynamics: Path,
    sample_id: np.ndarray,
) -> np.ndarray | None:
    """The class (N,) that those runs of the axis suggest whose networks never saw the sample.

    Args:
        entries: as for `doubted`; those of held-out scores name the runs that have a vote.
        runs: names and seeds of the study's runs with labels.
        dynamics: the folder of the dynamics.
        sample_id: (N,).
    """
    names = {run for run, _, metric in (entry.partition("/") for entry in entries)
             if metric.startswith(HELD_OUT) and run in runs}  # fmt: skip
    return read_suggested(dynamics, {name: runs[name] for name in sorted(names)}, sample_id)


def named(label: np.ndarray, classes: Sequence[str]) -> list[str | None]:
    """Labels `(N,)` as names of their classes; None for -1, and the number where none is known."""
    known = dict(enumerate(classes))
    return [
        None if class_id < 0 else known.get(class_id, str(class_id)) for class_id in label.tolist()
    ]
