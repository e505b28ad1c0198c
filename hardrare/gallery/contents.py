"""Which samples a page holds, and what it says of each: small tables of numbers by sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hardrare.gallery.judges import Judges
from hardrare.tables import Skipped, column


@dataclass(frozen=True)
class Axis:
    """One axis of the page, a value for each of N samples.

    Attributes:
        name: hard, rare, noisy, duplicate or mislabeled.
        scores: the names of the scores that make it.
        place: `(N,)` percentile, 0..1, high = more so; NaN for a sample without a place.
        rank: `(N,)` from 1 = most; N + 1 for a sample without a place.
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
        axes: in the order of the page.
        shown: `(M,)` rows of the samples that the page holds, ascending.
        thumbnails: of the shown samples, WebP.
        kept: row of a copy to the row of the image that stays for it.
        nearest: row of any other sample to the row of the one most like it.
        places: name of a map to `(M, 2)` coordinates of the shown samples, and axis titles.
        notes: what is said of single samples, N texts or None each: `reason` (noisy), `kind`,
            `similarity` and `because`, why the other one stays (duplicate), `label`, `suggested`,
            `part`, `size`.
        leaks: how many copies stand in another part than the image that stays.
        skipped: what was left out.
        seeds: how many seeds the rankings are a mean of.
        judges: which networks judged.
        wide: which values of pixels of more than 8 bits became black and white.
    """

    file_name: Sequence[str]
    axes: Sequence[Axis]
    shown: np.ndarray
    thumbnails: Sequence[bytes]
    kept: Mapping[int, int]
    nearest: Mapping[int, int]
    places: Mapping[str, "Map"]
    notes: Mapping[str, Sequence[str | None]]
    leaks: int
    skipped: Sequence[Skipped]
    seeds: int
    judges: Judges
    wide: str = ""


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
    place, spread = (column(table, f"{name}_{part}") for part in ("score", "spread"))
    rank = table.column(f"{name}_rank").fill_null(table.num_rows + 1).to_numpy()
    return Axis(name, scores, place, rank, spread, marked, largest)


def foremost(axes: Sequence[Axis], first: int) -> np.ndarray:
    """`(N,)` bool: the first samples of each axis."""
    chosen = np.zeros(len(axes[0].rank), bool)
    for one in axes:
        chosen[np.argsort(one.rank, kind="stable")[:first]] = True
    return chosen


def choose(axes: Sequence[Axis], first: int, points: int) -> np.ndarray:
    """Rows of the samples that a page holds: the first of each axis, and others evenly spaced.

    Args:
        axes: the axes, N samples each.
        first: samples of each axis that are there in any case.
        points: samples in all, if the first leave room.

    Returns:
        `(M,)` rows, ascending.
    """
    chosen = foremost(axes, first)
    rest = np.flatnonzero(~chosen)
    room = min(max(points - int(chosen.sum()), 0), len(rest))
    if room:
        chosen[rest[np.arange(room) * len(rest) // room]] = True
    return np.flatnonzero(chosen)


def notes(table: pa.Table) -> dict[str, list[str | None]]:
    """What a ranking says of single samples, of those columns that it has."""
    said: dict[str, list[str | None]] = {}
    for column_name, note in (
        ("reason", "reason"), ("duplicate_kind", "kind"), ("label", "label"),
        ("suggested_label", "suggested"), ("part", "part"), ("kept_because", "because"),
    ):  # fmt: skip
        if column_name in table.column_names:
            said[note] = [one or None for one in table.column(column_name).to_pylist()]
    similarity = table.column("duplicate_similarity").to_pylist()
    said["similarity"] = [None if one is None else f"{one:.3f}" for one in similarity]
    if {"width", "height"} <= set(table.column_names):
        sizes = zip(*(table.column(name).to_pylist() for name in ("width", "height")), strict=True)
        said["size"] = [f"{w} × {h}" if w and h else None for w, h in sizes]
    return {name: values for name, values in said.items() if any(values)}


def partners(table: pa.Table, column_name: str) -> dict[int, int]:
    """Row to the row whose file name stands in a column: `duplicate_of`, `nearest`."""
    if column_name not in table.column_names:
        return {}
    at = {name: row for row, name in enumerate(table.column("file_name").to_pylist())}
    of = table.column(column_name).to_pylist()
    return {row: at[name] for row, name in enumerate(of) if name in at}
