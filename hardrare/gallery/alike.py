"""Which images are like which, for people to look at: by the cosine of what a network sees.

Of few images the whole features are compared, of many those that 64 principal components choose:
of 10,000 images in 3 s of one core, the exact search that metrics use takes 15. The components
alone take 0.7 s, as the whole features of 3,000 images do.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.numerics.points import centred, points

WIDTH, CANDIDATES, BLOCK, SAMPLE = 64, 24, 512, 4000
EXACT = 3000**2  # pairs up to which whole features are compared


def alike(features: np.ndarray, of: np.ndarray, count: int) -> np.ndarray:
    """The rows most like some rows, the row itself left out.

    Args:
        features: `(N, D)`.
        of: `(P,)` rows.
        count: how many for each.

    Returns:
        `(P, count)` rows, the most alike first, -1 where there are no more.
    """
    rows = points(centred(features), unit=True)
    most = min(count, len(rows) - 1)
    near = np.full((len(of), count), -1, np.int64)
    if most < 1:
        return near
    with threadpool_limits(1):  # so that equal features give equal bytes
        narrow = rows if len(of) * len(rows) <= EXACT else _narrow(rows)
        for start in range(0, len(of), BLOCK):
            block = of[start : start + BLOCK]
            near[start : start + BLOCK, :most] = _nearest(rows, narrow, block, most)
    return near


def _nearest(rows: np.ndarray, narrow: np.ndarray, of: np.ndarray, count: int) -> np.ndarray:
    likeness = narrow[of] @ narrow.T
    likeness[np.arange(len(of)), of] = -np.inf
    tried = min(max(CANDIDATES, count), len(rows) - 1)
    near = np.sort(np.argpartition(-likeness, tried - 1, axis=1)[:, :tried], axis=1)
    exact = np.einsum("pcd,pd->pc", rows[near], rows[of])
    order = np.argsort(-exact, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(near, order, axis=1)


def _narrow(rows: np.ndarray) -> np.ndarray:
    """The first principal components `(N, 64)` float32, found on a sample of the rows."""
    if rows.shape[1] <= WIDTH:
        return rows.astype(np.float32)
    some = rows[:: max(1, len(rows) // SAMPLE)].astype(np.float64)
    _, vectors = np.linalg.eigh(some.T @ some)
    return (rows @ vectors[:, -WIDTH:].astype(rows.dtype)).astype(np.float32)


def typical(
    features: np.ndarray,
    label: Sequence[str | None],
    doubt: np.ndarray,
    wanted: Sequence[str],
    count: int,
) -> Mapping[str, list[int]]:
    """Rows of typical images of some labels: nearest the mean of those least in doubt.

    Args:
        features: `(N, D)`.
        label: N labels as given.
        doubt: `(N,)` rank by doubt, 1 = most.
        wanted: labels.
        count: images of each, of the half that is doubted least.
    """
    by_name, names = {}, np.array([name or "" for name in label], object)
    for name in wanted:
        rows = np.flatnonzero(names == name)
        sure = rows[np.argsort(-doubt[rows], kind="stable")][: max(count, len(rows) // 2)]
        if not len(sure):
            continue
        unit = points(np.asarray(features[sure]), unit=True).astype(np.float64)
        order = np.argsort(-np.round(unit @ unit.mean(axis=0), 9), kind="stable")
        by_name[name] = sure[order[:count]].tolist()
    return by_name
