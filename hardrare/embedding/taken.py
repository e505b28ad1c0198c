"""Features that are known already: of pictures that were looked at before, by the same network."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hardrare.tables import read_features, read_views


def taken(
    row: Mapping[str, int],
    tables: Sequence[Path],
    digests: Sequence[str],
    features: np.ndarray,
    views: np.ndarray,
) -> np.ndarray:
    """Fill in what is known, and tell which rows are to be looked at.

    Args:
        row: digest of a picture to its row in the tables.
        tables: of features and of views, where any row is known.
        digests: of N pictures.
        features: (N, D), written to.
        views: (N, V, D), written to.

    Returns:
        Rows of the pictures that are not known, ascending.
    """
    known = np.array([row.get(digest, -1) for digest in digests], np.int64)
    here, there = np.flatnonzero(known >= 0), known[known >= 0]
    if len(here):
        sample_id, before = read_features(tables[0])
        features[here] = before[there]
        views[here] = read_views(tables[1], sample_id, before.shape[1])[there]
    return np.flatnonzero(known < 0)
