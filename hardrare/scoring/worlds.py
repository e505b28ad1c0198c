"""Neighbour lists of one run beside those of others, as a column that metrics read."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import Recent, centred
from hardrare.tables import read_features

NEIGHBOURS = 30  # of each list: of a rank-biased overlap with p = 0.9 98 % of the weight
_LISTS = Recent(64)  # of runs that were scored, or stood beside one: each is opened once for it


def world_columns(
    table: Path, features: np.ndarray, others: Sequence[Path], sample_id: np.ndarray
) -> dict[str, np.ndarray]:
    """The column `world_neighbours (N, W, k)` of a run and some others; none where it is alone.

    Args:
        table: of the run's own features.
        features: (N, D), what it holds.
        others: tables of the other runs' features.
        sample_id: (N,) that they must hold.
    """
    if not others:
        return {}
    lists = [_near(table, sample_id, lambda: features)]
    lists += [_near(other, sample_id, partial(_features, other, sample_id)) for other in others]
    return {"world_neighbours": np.stack(lists, axis=1)}


def _features(table: Path, sample_id: np.ndarray) -> np.ndarray:
    return read_features(table, sample_id)[1]


def _near(table: Path, sample_id: np.ndarray, rows: Callable[[], np.ndarray]) -> np.ndarray:
    """The nearest (N, k) int32 by the cosine of the features less their mean."""
    key = table, table.stat().st_mtime_ns, sample_id.tobytes()
    return _LISTS.of(
        key, lambda: nearest(centred(rows()), NEIGHBOURS, unit=True).index.astype(np.int32)
    )
