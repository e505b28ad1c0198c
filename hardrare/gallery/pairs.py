"""What a duplicate repeats: the most similar sample that stands before it and is kept."""

from collections.abc import Iterable

import numpy as np

BLOCK = 256  # rows compared with all others at a time


def kept_before(
    spaces: Iterable[np.ndarray], rows: np.ndarray, duplicate: np.ndarray
) -> dict[int, tuple[int, float]]:
    """For some samples the earlier kept one with the largest cosine, a mean over several spaces.

    Args:
        spaces: features `(N, D)` each, D of its own, in the order of sample ids.
        rows: the samples `(n,)` asked for.
        duplicate: `(N,)` bool, which samples are not kept.

    Returns:
        Row to the row that it is most like and their similarity, -1..1; none for a row that no
        kept one is before.
    """
    spaces = [_unit(one) for one in spaces]
    found = {}
    for start in range(0, len(rows) if spaces else 0, BLOCK):
        block = rows[start : start + BLOCK]
        cosine = np.mean([space[block] @ space.T for space in spaces], axis=0)
        cosine[duplicate | (np.arange(cosine.shape[1]) >= block[:, None])] = -np.inf
        best = cosine.argmax(axis=1)
        found |= {
            int(row): (int(other), float(cosine[at, other]))
            for at, (row, other) in enumerate(zip(block, best, strict=True))
            if cosine[at, other] > -np.inf
        }
    return found


def _unit(features: np.ndarray) -> np.ndarray:
    """Rows of length 1; rows of zeros get one more dimension, so that they are like each other."""
    size = np.linalg.norm(features, axis=1, keepdims=True)
    rows = np.hstack([features / np.where(size > 0, size, 1), size == 0])
    return rows.astype(np.float32)
