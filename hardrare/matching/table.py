"""The outcome as a table: each sample's group, what it repeats, how, and why that one stays."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from hardrare.matching.groups import connected
from hardrare.matching.kinds import SIMILAR
from hardrare.matching.search import Found
from hardrare.matching.worth import Facts


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
    """Number, in place, what is like others: as the copies that it is like, or as a new group.

    All of these stay. What is like the copies of two pictures is in the first of their groups.
    """
    free, number = group < 0, group.max(initial=-1) + 1
    beside: dict[int, int] = {}
    for own, other in (ordered for pair in pairs for ordered in (pair, pair[::-1])):
        if free[own] and not free[other]:
            beside[own] = min(beside.get(own, number), int(group[other]))
    alone = [pair for pair in pairs if free[list(pair)].all()]
    for rows in connected([*alone, *((row, row) for row in beside)]):
        joined = [beside[row] for row in rows if row in beside]
        group[rows] = min(joined, default=number)
        number += not joined


def _ids(sample_id: np.ndarray, rows: np.ndarray) -> pa.Array:
    """Sample ids of rows `(N,)`, null where the row is -1."""
    return pa.array(sample_id[np.maximum(rows, 0)], pa.int32(), mask=rows < 0)
