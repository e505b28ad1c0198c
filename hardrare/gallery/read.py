"""From the tables of a study to the contents of its page."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from hardrare import tables
from hardrare.errors import InputError
from hardrare.gallery import notes
from hardrare.gallery.alike import alike, typical
from hardrare.gallery.choose import choose, evenly, foremost, with_company
from hardrare.gallery.contents import Axis, Contents, Map, ranked
from hardrare.gallery.heat import read_heat
from hardrare.gallery.judges import judges
from hardrare.gallery.places import data_map, feature_map
from hardrare.gallery.thumbnails import Remember, anew, larger, thumbnails
from hardrare.pictures import Pictures
from hardrare.several import several

# Bytes of the pictures: with a third more as text, a page of 10,000 images stays below 100 MB and
# any page below 150.
EACH, IMAGES, LARGER = 4_600, 78_000_000, 20_000_000
LARGE = 320  # pixels of the longest side
MAPPED = 4_000  # images on a map; t-SNE takes 8 ms each
AMONG = 100_000  # images, evenly spaced, among which those most like a rare one are sought
ALIKE, BESIDE, EXAMPLES = 6, 4, 3  # images like each, like a rare one of all, of a label


@dataclass(frozen=True)
class Settings:
    """What the page reads of the parameters.

    Attributes:
        axes: axis to the scores that make it, in the order of the page.
        any_of: axes where one score suffices.
        data_map: the dynamics column of the map by loss, `<run>/<column>`.
        high_is_hard: whether the harder end of that column's mean is declared to be the high one.
        first: samples of each axis that are on the page in any case.
        points: samples on the page at most, beyond these and their company.
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


@dataclass(frozen=True)
class Files:
    """The tables of a study that its page is made of: paths, and what is open already.

    Attributes:
        pictures: of the samples.
        appearance: of the files, which says how wide pixels were read.
        skipped: what was left out, CSV.
        dynamics: of the run of the map by loss, one file for each seed.
        features: of the run whose features are mapped and compared.
        ranking: "ranking/2".
        heat: tables "heat/1".
        scores: of the label-free runs.
        fit: network to figures of how well its features fit, none where they are not known.
        remember: as in `thumbnails`.
    """

    pictures: Pictures
    appearance: Path
    skipped: Path
    dynamics: Sequence[Path]
    features: Path
    ranking: Path
    heat: Sequence[Path]
    scores: Sequence[tables.Score]
    fit: Mapping[str, Mapping[str, float]]
    remember: Remember = anew


def contents(settings: Settings, files: Files) -> Contents:
    """Read a study's tables.

    Raises:
        InputError: a table is missing, of another kind or of other samples, or a map names
            what no run recorded.
    """
    sample_id = files.pictures.sample_id
    table = _ranking(files.ranking, sample_id)
    names = [name for name in settings.axes if f"{name}_rank" in table.column_names]
    axes = [ranked(table, name, settings.axes[name], name in settings.any_of) for name in names]
    said, group, kept = notes.notes(table), notes.groups(table), notes.partners(table, COPY)
    nearest = notes.partners(table, "nearest")
    texts, numbers = notes.of_files(tables.read(files.appearance, "appearance/1"), sample_id)
    _, features = tables.read_features(files.features, sample_id)
    labels = _examples(axes, said, kept, features, settings.first)
    others = _beside(axes, table, features, settings.first)
    others += [row for some in labels.values() for row in some]
    shown = with_company(choose(axes, settings.first, settings.points), group, kept, others)
    shown_at = {row: at for at, row in enumerate(shown.tolist())}
    return Contents(
        file_name=table.column("file_name").to_pylist(),
        axes=axes, shown=shown, group=group, kept=kept,
        alike=_alike(features[shown], nearest, shown, shown_at), nearest=nearest,
        examples={label: [shown_at[row] for row in some] for label, some in labels.items()},
        heat=read_heat(files.heat, sample_id[shown]),
        notes=said | texts, numbers=numbers, scores=notes.placed(files.scores, shown),
        leaks=notes.leaks(table),
        skipped=tables.read_skipped(files.skipped),
        wide=_wide(files.appearance), several=_several(files.appearance, table),
        seeds=len(settings.seeds),
        judges=judges(
            [score for axis in axes for score in axis.scores],
            settings.networks, {k: fit for k, fit in files.fit.items() if fit}, len(settings.seeds),
        ),
        **_seen(settings, files, features, shown, axes),
    )  # fmt: skip


COPY = "duplicate_of"


def _ranking(path: Path, sample_id: np.ndarray) -> pa.Table:
    """The ranking of these samples."""
    table = tables.read(path, "ranking/2")
    if not np.array_equal(tables.column(table, "sample_id"), sample_id):
        raise InputError(f"{path}: is of other samples than the pictures; run rank again.")
    return table


def _wide(appearance: Path) -> str:
    """Which values of pixels of more than 8 bits became black and white, empty without any."""
    known = tables.read(appearance, "appearance/1").schema.metadata or {}
    return known.get(tables.RANGE, b"").decode()


def _several(appearance: Path, ranking: pa.Table) -> str:
    """Which files hold several pictures."""
    looks = tables.read(appearance, "appearance/1")
    columns = (looks.column(name).to_pylist() for name in ("sample_id", "format", "frames"))
    known = {sample: facts for sample, *facts in zip(*columns, strict=True)}
    names, ids = (ranking.column(name).to_pylist() for name in ("file_name", "sample_id"))
    return several((name, *known.get(k, (None, None))) for name, k in zip(names, ids, strict=True))


def _beside(axes: Sequence[Axis], table: pa.Table, features: np.ndarray, first: int) -> list[int]:
    """Rows of those most like what is rare first, and like what resembles others most."""
    rare = np.flatnonzero(foremost([axis for axis in axes if axis.name == "rare"] or axes, first))
    among = np.union1d(evenly(np.arange(len(features)), AMONG), rare)
    like = alike(features[among], np.searchsorted(among, rare), BESIDE).ravel()
    like = among[like[like >= 0]]
    pairs = np.flatnonzero(foremost([axis for axis in axes if axis.name == "duplicate"], first))
    nearest = notes.partners(table, "nearest")
    return [*like.tolist(), *(nearest[k] for k in pairs.tolist() if k in nearest)]


def _alike(
    features: np.ndarray, nearest: Mapping[int, int], shown: np.ndarray, shown_at: Mapping[int, int]
) -> np.ndarray:
    """The most alike of each shown image; first the one whose likeness the ranking tells."""
    near = alike(features, np.arange(len(shown)), ALIKE)
    for at, row in enumerate(shown.tolist()):
        first = shown_at.get(nearest.get(row, -1))
        if first is not None and len(near[at]):
            others = near[at][near[at] != first]
            near[at] = np.concatenate([[first], others])[: len(near[at])]
    return near


def _examples(
    axes: Sequence[Axis],
    said: Mapping[str, Sequence[str | None]],
    kept: Mapping[int, int],
    features: np.ndarray,
    first: int,
) -> Mapping[str, list[int]]:
    """Typical images of the labels that are doubted or suggested first, none of them a copy."""
    doubted = [axis for axis in axes if axis.name == "mislabeled"]
    if not doubted or "label" not in said:
        return {}
    rows = np.flatnonzero(foremost(doubted, first)).tolist()
    columns = [said["label"], said.get("suggested", said["label"])]
    wanted = sorted({values[row] for row in rows for values in columns if values[row]})
    own = [None if row in kept else label for row, label in enumerate(said["label"])]
    return typical(features, own, doubted[0].rank, wanted, EXAMPLES)


def _seen(
    settings: Settings, files: Files, features: np.ndarray, shown: np.ndarray, axes: Sequence[Axis]
) -> dict[str, object]:
    """Maps and pictures, side by side: a map takes one core for long."""
    with ThreadPoolExecutor(1) as beside:
        places = beside.submit(_places, settings, files, features, shown, axes)
        pictures = _pictures(files, shown, axes, settings.thumbnail)
    return {"places": places.result(), **pictures}


def _places(
    settings: Settings, files: Files, features: np.ndarray, shown: np.ndarray, axes: Sequence[Axis]
) -> dict[str, Map]:
    """Both maps, of as many of the shown samples as can be arranged."""
    front = np.flatnonzero(foremost(axes, settings.first)[shown])[:MAPPED]
    rest = np.setdiff1d(np.arange(len(shown)), front)
    rows = np.sort(np.concatenate([front, evenly(rest, MAPPED - len(front))]))
    maps = data_map(
        settings.data_map, files.dynamics, files.pictures.sample_id, shown, rows,
        settings.high_is_hard,
    )  # fmt: skip
    return maps | feature_map(features[shown[rows]], rows)


def _pictures(
    files: Files, shown: np.ndarray, axes: Sequence[Axis], side: int
) -> dict[str, object]:
    """Thumbnails of all, larger ones of those that come first."""
    order = np.argsort(np.min([axis.rank[shown] for axis in axes], axis=0), kind="stable")
    room, of, remember = min(EACH * len(shown), IMAGES), files.pictures, files.remember
    return {
        "thumbnails": thumbnails(of, shown, side, room, remember),
        "larger": larger(of, shown, order, LARGE, side, LARGER, remember),
    }
