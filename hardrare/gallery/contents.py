"""Which samples a page holds, and what it says of each: small tables of numbers by sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hardrare.tables import Skipped, column


@dataclass(frozen=True)
class Axis:
    """One axis of the page, a value for each of N samples.

    Attributes:
        name: hard, rare, noisy, duplicate or mislabeled.
        scores: the names of the scores that make it.
        place: `(N,)` percentile, 0..1, high = more so.
        rank: `(N,)` from 1 = most.
        spread: `(N,)` over the seeds of the percentile; NaN where there is one seed.
        marked: how many samples are called so.
        largest: whether the largest percentile over the scores counts, not their mean.
    """

    name: str
    scores: Sequence[str]
    place: np.ndarray
    rank: np.ndarray
    spread: np.ndarray
    marked: int
    largest: bool = False


@dataclass(frozen=True)
class Contents:
    """Everything that a page says.

    Attributes:
        file_name: N relative paths.
        image: `(N, H, W, C)` uint8.
        axes: in the order of the page.
        shown: `(M,)` rows of the samples that the page holds, ascending.
        kept: row of one of the first duplicates to the row that is kept in its place, or is most
            like it, and their similarity.
        places: name of a map to `(M, 2)` coordinates of the shown samples, and axis titles.
        label: the given label of each of N samples, empty where there is none.
        skipped: what was left out.
        seeds: how many seeds the rankings are a mean of.
    """

    file_name: Sequence[str]
    image: np.ndarray
    axes: Sequence[Axis]
    shown: np.ndarray
    kept: Mapping[int, tuple[int, float]]
    places: Mapping[str, "Map"]
    label: Sequence[str]
    skipped: Sequence[Skipped]
    seeds: int


@dataclass(frozen=True)
class Map:
    """A map: where the shown samples lie `(M, 2)`, what it shows, and what its sides mean."""

    title: str
    note: str
    across: str
    up: str
    where: np.ndarray


def ranked(table: pa.Table, name: str, scores: Sequence[str], largest: bool = False) -> Axis:
    """An axis as the ranking has it."""
    marked = int(column(table, f"is_{name}").sum())
    values = [column(table, f"{name}_{part}") for part in ("score", "rank", "spread")]
    return Axis(name, scores, *values, marked, largest)


def choose(axes: Sequence[Axis], first: int, points: int) -> np.ndarray:
    """Rows of the samples that a page holds: the first of each axis, and others evenly spaced.

    Args:
        axes: the axes, N samples each.
        first: samples of each axis that are there in any case.
        points: samples in all, if the first leave room.

    Returns:
        `(M,)` rows, ascending.
    """
    size = len(axes[0].rank)
    chosen = np.zeros(size, bool)
    for one in axes:
        chosen[np.argsort(one.rank, kind="stable")[:first]] = True
    rest = np.flatnonzero(~chosen)
    room = min(max(points - int(chosen.sum()), 0), len(rest))
    if room:
        chosen[rest[np.arange(room) * len(rest) // room]] = True
    return np.flatnonzero(chosen)
