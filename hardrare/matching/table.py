"""The outcome as a table: each sample's group, what it repeats, how, and why that one stays."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from hardrare.matching.groups import Facts, connected
from hardrare.matching.kinds import SIMILAR
from hardrare.matching.search import Found


def table(sample_id: np.ndarray, facts: Sequence[Facts], made: Found) -> pa.Table:
    """One row for each of N samples, as `duplicates/1`.

    Args:
        sample_id: `(N,)`.
        facts: of each sample.
        made: of the search.
    """
    size = len(sample_id)
    kept = np.full(size, -1)
    kind: list[str | None] = [None] * size
    because: list[str | None] = [None] * size
    residual = np.full(size, np.nan)
    for row in made.alike:
        kind[row] = SIMILAR
    for tie in made.ties:
        kept[tie.row], kind[tie.row] = tie.kept, tie.copy.kind
        because[tie.row], residual[tie.row] = tie.because, tie.copy.residual
    group, leak = _groups(kept, [fact.part for fact in facts])
    _add_likened(group, made.likened)
    return pa.table(
        {
            "sample_id": pa.array(sample_id, pa.int32()),
            "group": pa.array(group, pa.int32(), mask=group < 0),
            "duplicate_of": _ids(sample_id, kept),
            "kind": pa.array(kind, pa.string()),
            "similarity": pa.array(made.similarity, pa.float32()),
            "residual": pa.array(residual, pa.float32(), from_pandas=True),
            "leak": pa.array(leak, pa.bool_()),
            "nearest": _ids(sample_id, made.nearest),
            "kept_because": pa.array(because, pa.string()),
        }
    )


def _groups(kept: np.ndarray, part: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Group `(N,)`, numbered by the row of the one that stays, -1 for none; whether it leaks."""
    group, leak = np.full(len(kept), -1), np.zeros(len(kept), bool)
    for number, stays in enumerate(np.unique(kept[kept >= 0])):
        rows = np.append(np.flatnonzero(kept == stays), stays)
        group[rows] = number
        leak[rows] = len({part[row] for row in rows}) > 1
    return group, leak


def _add_likened(group: np.ndarray, pairs: Sequence[tuple[int, int]]) -> None:
    """Number, in place, groups of what is like and alone: all of these stay."""
    number = group.max(initial=-1) + 1
    for rows in connected([pair for pair in pairs if (group[list(pair)] < 0).all()]):
        group[rows] = number
        number += 1


def _ids(sample_id: np.ndarray, rows: np.ndarray) -> pa.Array:
    """Sample ids of rows `(N,)`, null where the row is -1."""
    return pa.array(sample_id[np.maximum(rows, 0)], pa.int32(), mask=rows < 0)
