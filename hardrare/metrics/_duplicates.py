"""SemDeDup inside k-means clusters: for each sample, the kept one that it repeats."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.blocks import each, row_blocks
from hardrare.numerics.clusters import cluster
from hardrare.numerics.points import canonical_order, copies, points
from hardrare.numerics.splitmix64 import splitmix64

Keep = Literal["farthest", "nearest", "random"]
ALONE = -1.0  # similarity of a sample that nothing is kept before
_DIGITS = 12  # of a similarity; the 13th is rounding, and would order copies at random


@dataclass(frozen=True)
class Duplicates:
    """`similarity (N,)` float64 and `partner (N,)` int64, the row it is to; -1 = none."""

    similarity: np.ndarray
    partner: np.ndarray


def duplicates(features: np.ndarray, clusters: int = 50, keep: Keep = "farthest") -> Duplicates:
    """The most similar sample that stands before each sample in its cluster's order.

    Within a cluster the samples are put in order, and one is a duplicate if it is too
    similar to any sample before it: the order decides who survives. `farthest` puts the
    samples farthest from the centroid first (the published default), `nearest` the
    reverse, `random` draws an order that is fixed for given features. Equal distances are
    ordered by the values of the rows, and exact copies by their place: of copies the first
    row is kept, and only here the order of the samples counts.

    The cosine is 1 - norm(u_i - u_j)^2 / 2 of the unit-length features, to 12 digits; a
    row of zeros has 1 with its like and 1/2 with any other.

    Args:
        features: (N, D).
        clusters: K of the k-means of the unit-length features, clipped as in `cluster`.
        keep: which samples come first.

    Returns:
        For each sample the largest cosine, -1..1, and the row that it is to. The first of
        each cluster has -1 and no partner.

    Raises:
        InputError: an unknown `keep`, K below 1, or features as in `points`.
    """
    if keep not in get_args(Keep):
        raise InputError(f"keep is {keep!r}, expected one of {', '.join(get_args(Keep))}.")
    rows = points(features, unit=True)
    similarity = np.full(len(rows), ALONE)
    partner = np.full(len(rows), -1, np.int64)
    if len(rows):
        label, order = _kept_first(features, rows, clusters, keep)
        ends = np.flatnonzero(np.diff(label[order])) + 1

        def compare(members: np.ndarray) -> None:
            _compare(rows, members, similarity, partner)

        each(compare, np.split(order, ends))
    return Duplicates(similarity, partner)


def _kept_first(
    features: np.ndarray, rows: np.ndarray, clusters: int, keep: Keep
) -> tuple[np.ndarray, np.ndarray]:
    """Cluster of each row (N,), and all rows (N,) by cluster and precedence."""
    clustering = cluster(features, clusters, unit=True)
    order = canonical_order(rows)
    position, first = np.empty(len(rows), np.int64), np.empty(len(rows))
    position[order] = np.arange(len(rows))
    if keep == "random":
        first[order] = splitmix64(copies(rows[order]))
    else:
        prototype = points(clustering.centroid, unit=True)
        for block in row_blocks(len(rows), 8 * rows.shape[1]):
            step = rows[block].astype(np.float64) - prototype[clustering.label[block]]
            first[block] = np.einsum("nd,nd->n", step, step)
        first = -first if keep == "farthest" else first
    return clustering.label, np.lexsort((position, first, clustering.label))


def _compare(
    rows: np.ndarray, members: np.ndarray, similarity: np.ndarray, partner: np.ndarray
) -> None:
    """Fill in similarity and partner of one cluster's members, given in order."""
    inside = rows[members].astype(np.float64)  # (M, D)
    square = np.einsum("md,md->m", inside, inside)
    for block in row_blocks(len(members), 24 * len(members)):
        cosine = inside[block] @ inside[: block.stop].T
        cosine += 1 - (square[block, None] + square[: block.stop]) / 2
        np.round(cosine, _DIGITS, out=cosine)
        later = np.arange(block.stop) >= np.arange(block.start, block.stop)[:, None]
        cosine[later] = -np.inf
        best = cosine.argmax(axis=1)
        fresh = members[block]
        largest = cosine[np.arange(len(fresh)), best]
        some = np.isfinite(largest)
        similarity[fresh[some]] = largest[some].clip(-1, 1)
        partner[fresh[some]] = members[best[some]]
