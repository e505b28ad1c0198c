"""Which difference of features is to be explained: a direction for each image, and from where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from hardrare.numerics.points import centred, points
from hardrare.tables import column

AMONG = 100_000  # images, evenly spaced, among which the nearest are sought


@dataclass(frozen=True)
class Asked:
    """What to explain of P images.

    Attributes:
        rows: `(P,)`.
        direction: `(P, D)`: the more a part's features point there, the warmer it is.
        origin: `(P, D)`: features that count as nothing.
    """

    rows: np.ndarray
    direction: np.ndarray
    origin: np.ndarray


def asked(ranking: pa.Table, features: np.ndarray, first: int, neighbours: int) -> dict[str, Asked]:
    """What to explain of the first images of each axis that can be.

    Args:
        ranking: "ranking/2", N rows.
        features: `(N, D)`.
        first: images of an axis.
        neighbours: as in `hard`.
    """
    rows = {
        name: np.argsort(column(ranking, f"{name}_rank"), kind="stable")[:first]
        for name in ("hard", "mislabeled")
        if f"{name}_rank" in ranking.column_names
    }
    by_axis = {"hard": hard(features, rows["hard"], neighbours)}
    if "mislabeled" in rows and "suggested_label" in ranking.column_names:
        labels = (ranking.column(name).to_pylist() for name in ("label", "suggested_label"))
        by_axis["mislabeled"] = mislabeled(features, rows["mislabeled"], *labels)
    return by_axis


def hard(features: np.ndarray, rows: np.ndarray, neighbours: int) -> Asked:
    """From the mean of an image's nearest others to the image: what sets it apart from them.

    Args:
        features: `(N, D)`.
        rows: `(P,)`.
        neighbours: how many of the nearest, by the cosine of the centred features.
    """
    step = -(-len(features) // AMONG)
    among = np.union1d(np.arange(0, len(features), step), rows)
    known, own = features[among], np.searchsorted(among, rows)
    unit = points(centred(known), unit=True)
    near = min(neighbours, len(unit) - 1)
    with threadpool_limits(1):  # so that equal features give equal bytes
        likeness = unit[own] @ unit.T
    likeness[np.arange(len(own)), own] = -np.inf
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :near]
    origin = np.array([known[near].mean(axis=0, dtype=np.float64) for near in nearest])
    origin = origin.reshape(len(rows), -1).astype(np.float32)
    return Asked(rows, features[rows] - origin, origin)


def mislabeled(
    features: np.ndarray,
    rows: np.ndarray,
    label: Sequence[str | None],
    suggested: Sequence[str | None],
) -> Asked:
    """From the mean of the images of the given label to that of the suggested one.

    Rows where both are one label, or one is missing, are left out.

    Args:
        features: `(N, D)`.
        rows: `(P,)`.
        label: N labels as given.
        suggested: N labels.
    """
    names = np.array([name or "" for name in label], object)
    pairs = [(row, label[row], suggested[row]) for row in rows.tolist()]
    known = {name for name in names.tolist() if name}
    pairs = [pair for pair in pairs if pair[1] != pair[2] and known >= set(pair[1:])]
    wanted = {name for _, *both in pairs for name in both}
    means = {name: features[np.flatnonzero(names == name)].mean(axis=0, dtype=np.float64)
             for name in wanted}  # fmt: skip
    shape = len(pairs), features.shape[1]
    away = np.array([means[other] - means[given] for _, given, other in pairs]).reshape(shape)
    middle = np.array([(means[other] + means[given]) / 2 for _, given, other in pairs])
    kept = np.array([row for row, *_ in pairs], np.int64)
    return Asked(kept, away.astype(np.float32), middle.reshape(shape).astype(np.float32))
