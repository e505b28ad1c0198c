"""What a page holds, and what it says of each image: small tables of numbers by sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
        percentile: `(N,)` percentile, 0..1, high = more so; NaN for a sample without a place.
        rank: `(N,)` from 1 = most; N + 1 for a sample without a place.
        spread: `(N,)` over the seeds of the percentile; NaN where there is one seed.
        member: `(N,)` bool, which are called so.
        largest: whether the largest percentile over the scores counts, not their mean.
    """

    name: str
    scores: Sequence[str]
    percentile: np.ndarray
    rank: np.ndarray
    spread: np.ndarray
    member: np.ndarray
    largest: bool = False

    @property
    def marked(self) -> int:
        """How many samples are called so."""
        return int(self.member.sum())


@dataclass(frozen=True)
class Map:
    """A map: where some of the shown samples lie, what it shows, and what its sides mean.

    Attributes:
        title: of the map.
        note: what it is made by.
        across: what lies to the right, may be empty.
        up: what lies up, may be empty.
        where: `(P, 2)`.
        rows: `(P,)` places among the shown samples.
    """

    title: str
    note: str
    across: str
    up: str
    where: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Heat:
    """Why an image stands where it does: warm parts of some shown images, for one axis.

    Attributes:
        note: what warm means, one sentence.
        rows: `(P,)` places among the shown samples.
        warm: `(P, S, S)` uint8, 255 = warmest of its image.
    """

    note: str
    rows: np.ndarray
    warm: np.ndarray


@dataclass(frozen=True)
class Contents:
    """Everything that a page says.

    Attributes:
        file_name: N relative paths.
        axes: in the order of the page.
        shown: `(M,)` rows of the samples that the page holds, ascending.
        thumbnails: of the shown samples, WebP.
        larger: place among the shown samples to a larger WebP, of as many as there is room for.
        group: `(N,)` of samples that show one picture, -1 for one alone.
        kept: row of a copy to the row of the image that stays for it.
        nearest: row to the row that it resembles most, by which `similarity` is told.
        alike: `(M, k)` places among the shown samples of those most like each, -1 = none.
        examples: label to places among the shown samples of typical images that bear it.
        places: name of a map to it.
        heat: axis to what explains it.
        notes: what is said of single samples, N texts or None each: `reason` (noisy), `kind`,
            `similarity` and `because`, why the other one stays (duplicate), `label`, `suggested`,
            `part`, `size`, `format`, `mode`, `proposal`, the axis by which the scan leaves it out.
        numbers: what else is known of the files, N numbers each, NaN = unknown: `bytes`,
            `taken` (seconds since 1970), `frames`, `mark` (of its bytes).
        scores: every score as places among all samples, `(M,)` uint8, 255 = the largest value.
        leaks: how many copies stand in another part than the image that stays.
        skipped: what was left out.
        seeds: how many seeds the rankings are a mean of.
        judges: which networks judged.
        several: which files hold several pictures, one sentence.
        wide: which values of pixels of more than 8 bits became black and white.
    """

    file_name: Sequence[str]
    axes: Sequence[Axis]
    shown: np.ndarray
    thumbnails: Sequence[bytes]
    group: np.ndarray
    kept: Mapping[int, int]
    alike: np.ndarray
    places: Mapping[str, Map]
    notes: Mapping[str, Sequence[str | None]]
    leaks: int
    skipped: Sequence[Skipped]
    seeds: int
    judges: Judges
    wide: str = ""
    larger: Mapping[int, bytes] = field(default_factory=dict)
    examples: Mapping[str, Sequence[int]] = field(default_factory=dict)
    heat: Mapping[str, Heat] = field(default_factory=dict)
    nearest: Mapping[int, int] = field(default_factory=dict)
    several: str = ""
    numbers: Mapping[str, np.ndarray] = field(default_factory=dict)
    scores: Mapping[str, np.ndarray] = field(default_factory=dict)


def ranked(table: pa.Table, name: str, scores: Sequence[str], largest: bool = False) -> Axis:
    """An axis as the ranking has it."""
    member = column(table, f"is_{name}").astype(bool)
    percentile, spread = (column(table, f"{name}_{part}") for part in ("score", "spread"))
    rank = table.column(f"{name}_rank").fill_null(table.num_rows + 1).to_numpy()
    return Axis(name, scores, percentile, rank, spread, member, largest)
