"""Which images a page holds: those that somebody would look at first, then others of all kinds."""

from collections.abc import Mapping, Sequence

import numpy as np

from hardrare.gallery.contents import Axis


def foremost(axes: Sequence[Axis], first: int) -> np.ndarray:
    """`(N,)` bool: the first samples of each axis."""
    chosen = np.zeros(len(axes[0].rank), bool)
    for axis in axes:
        chosen[np.argsort(axis.rank, kind="stable")[:first]] = True
    return chosen


def choose(axes: Sequence[Axis], first: int, points: int) -> np.ndarray:
    """Rows of the samples that a page holds.

    Args:
        axes: the axes, N samples each.
        first: samples of each axis that are there in any case.
        points: samples in all, if the first leave room: what an axis marks, by its best rank,
            then others evenly spaced.

    Returns:
        `(M,)` rows, ascending.
    """
    chosen = foremost(axes, first)
    marked = np.any([axis.member for axis in axes], axis=0) & ~chosen
    best = np.min([axis.rank for axis in axes], axis=0)
    rows = np.flatnonzero(marked)
    chosen[rows[np.argsort(best[rows], kind="stable")][: max(points - int(chosen.sum()), 0)]] = True
    rest = np.flatnonzero(~chosen)
    room = min(max(points - int(chosen.sum()), 0), len(rest))
    if room:
        chosen[rest[np.arange(room) * len(rest) // room]] = True
    return np.flatnonzero(chosen)


def with_company(
    shown: np.ndarray, group: np.ndarray, kept: Mapping[int, int], others: Sequence[int]
) -> np.ndarray:
    """Rows of what is shown, of all that show the same pictures, and of some others, ascending.

    Args:
        shown: `(M,)` rows.
        group: `(N,)`, -1 for a sample alone.
        kept: row of a copy to that of the one that stays.
        others: further rows.
    """
    groups = np.unique(group[shown])
    members = np.flatnonzero((group >= 0) & np.isin(group, groups))
    stays = [kept[row] for row in shown.tolist() if row in kept]
    return np.unique(np.concatenate([shown, members, stays, others]).astype(np.int64))


def evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many of some rows, evenly spaced."""
    if len(rows) <= most:
        return rows
    return rows[np.arange(most) * len(rows) // most]
