"""From the tables of a study to the contents of its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare import tables
from hardrare.errors import InputError
from hardrare.gallery.contents import Contents, Map, choose, foremost, notes, partners, ranked
from hardrare.gallery.judges import judges
from hardrare.gallery.maps import of_features, over_epochs
from hardrare.gallery.thumbnails import thumbnails
from hardrare.pictures import Pictures

IMAGES = 10_000_000  # bytes of all thumbnails


@dataclass(frozen=True)
class Settings:
    """What the page reads of the parameters.

    Attributes:
        axes: axis to the scores that make it, in the order of the page.
        any_of: axes where one score suffices.
        data_map: the dynamics column of the map by loss, `<run>/<column>`.
        high_is_hard: whether the harder end of that column's mean is declared to be the high one.
        first: samples of each axis that are on the page in any case.
        points: samples on the page at most, beyond these.
        thumbnail: longest side in pixels.
        networks: the frozen networks of the study.
        seeds: of the trained ones.
    """

    axes: Mapping[str, Sequence[str]]
    any_of: Sequence[str]
    data_map: str
    high_is_hard: bool
    first: int
    points: int
    thumbnail: int
    networks: Sequence[str]
    seeds: Sequence[int]


def contents(
    settings: Settings,
    *,
    pictures: Pictures,
    appearance: Path,
    skipped: Path,
    dynamics: Sequence[Path],
    features: Path,
    ranking: Path,
    fit: Mapping[str, Mapping[str, float]],
) -> Contents:
    """Read a study's tables.

    Args:
        settings: of the page.
        pictures: of the samples.
        appearance: of the files, which says how wide pixels were read.
        skipped: what was left out, CSV.
        dynamics: of the run of the map by loss, one file for each seed.
        features: of the run whose features are mapped.
        ranking: "ranking/2".
        fit: network to figures of how well its features fit, of those where they are known.

    Raises:
        InputError: a table is missing, of another kind or of other samples, or a map names
            what no run recorded.
    """
    table = _ranking(ranking, pictures.sample_id)
    there = {k: v for k, v in settings.axes.items() if f"{k}_rank" in table.column_names}
    axes = [ranked(table, k, of, k in settings.any_of) for k, of in there.items()]
    kept, nearest = partners(table, "duplicate_of"), partners(table, "nearest")
    nearest = {row: other for row, other in nearest.items() if row not in kept}
    large = foremost(axes, settings.first)
    rows = choose(axes, settings.first, settings.points)
    alike = foremost([axis for axis in axes if axis.name == "duplicate"], settings.first)
    beside = [kept.get(row, nearest.get(row)) for row in np.flatnonzero(alike).tolist()]
    stays = np.array([other for other in beside if other is not None], np.int64)
    large[stays] = True
    shown = np.union1d(rows, stays)
    small = thumbnails(pictures, shown, large[shown], settings.thumbnail, IMAGES)
    scores = [score for axis in axes for score in axis.scores]
    return Contents(
        file_name=table.column("file_name").to_pylist(),
        axes=axes,
        shown=shown,
        thumbnails=small,
        kept=kept,
        nearest=nearest,
        places=_places(settings, dynamics, features, pictures.sample_id, shown),
        notes=notes(table),
        leaks=_leaks(table),
        skipped=tables.read_skipped(skipped),
        wide=_wide(appearance),
        seeds=len(settings.seeds),
        judges=judges(scores, settings.networks, fit, len(settings.seeds)),
    )


def _ranking(path: Path, sample_id: np.ndarray) -> pa.Table:
    """The ranking of these samples."""
    table = tables.read(path, "ranking/2")
    if not np.array_equal(tables.column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: is of other samples than the pictures; run rank again.")
    return table


def _leaks(table: pa.Table) -> int:
    """Copies whose group spans parts."""
    if not {"leak", "duplicate_of"} <= set(table.column_names):
        return 0
    leak, of = (table.column(name).to_pylist() for name in ("leak", "duplicate_of"))
    return sum(1 for one, name in zip(leak, of, strict=True) if one and name is not None)


def _wide(appearance: Path) -> str:
    """Which values of pixels of more than 8 bits became black and white, empty without any."""
    known = tables.read(appearance, "appearance/1").schema.metadata or {}
    return known.get(tables.RANGE, b"").decode()


def _places(
    settings: Settings,
    dynamics: Sequence[Path],
    features: Path,
    sample_id: np.ndarray,
    shown: np.ndarray,
) -> dict[str, Map]:
    """Both maps of the shown samples."""
    run, _, name = settings.data_map.partition("/")
    values = []
    for path in dynamics:
        ids, columns = tables.read_dynamics(path)
        if name not in columns or not np.array_equal(ids, sample_id):
            raise InputError(
                f"show.data_map is {settings.data_map}, which {run} does not record for these "
                f"images; it records {', '.join(sorted(columns))}."
            )
        values.append(columns[name][shown])
    maps = {"data": _data_map(name, values, settings.high_is_hard)} if values else {}
    return maps | {"features": _feature_map(features, shown)}


def _data_map(name: str, values: Sequence[np.ndarray], high_is_hard: bool) -> Map:
    """How an image fared over the epochs: the easy end is up."""
    end = "low" if high_is_hard else "high"
    note = (
        f"by the {name} of each image over the epochs: high up, where it was {end} and steady, is "
        "easy for this network, far down is hard, far to the right was learnt late or forgotten. "
        "An axis made of other scores may see it otherwise."
    )
    sides = f"variability of the {name}", f"mean {name}, {end} = up"
    return Map("Data map", note, *sides, over_epochs(list(values)) * [1, -1 if high_is_hard else 1])


def _feature_map(path: Path, shown: np.ndarray) -> Map:
    """What a network made of the images."""
    note = (
        "by what a network sees in them (t-SNE): like images lie together; distances between "
        "groups mean little."
    )
    _, vectors = tables.read_features(path)
    return Map("Map of the features", note, "", "", of_features(vectors[shown]))
