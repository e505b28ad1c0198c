"""Neighbour lists of one run beside those of others, as a column that metrics read."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import centred
from hardrare.tables import read_features

NEIGHBOURS = 30  # of each list: of a rank-biased overlap with p = 0.9 98 % of the weight
KEPT = 64  # lists


def world_columns(worlds: Sequence[Path], sample_id: np.ndarray) -> dict[str, np.ndarray]:
    """The column `world_neighbours (N, W, k)` of some runs; none of fewer than two.

    Args:
        worlds: tables of features, the run's own first.
        sample_id: (N,) that they must hold.
    """
    if len(worlds) < 2:
        return {}
    ids = sample_id.tobytes()
    lists = [_nearest(world, world.stat().st_mtime_ns, ids) for world in worlds]
    return {"world_neighbours": np.stack(lists, axis=1)}


@lru_cache(KEPT)
def _nearest(path: Path, changed: int, ids: bytes) -> np.ndarray:  # noqa: ARG001 - when, for the cache
    """The nearest (N, k) int32 by the cosine of the features less their mean."""
    features = read_features(path, np.frombuffer(ids, np.int32))[1]
    return nearest(centred(features), NEIGHBOURS, unit=True).index.astype(np.int32)
