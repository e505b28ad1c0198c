"""From the tables of a study to the contents of its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hardrare import tables
from hardrare.errors import InputError
from hardrare.gallery.contents import Axis, Contents, Map, choose, ranked
from hardrare.gallery.maps import of_features, over_epochs
from hardrare.tables import beside, read_skipped


@dataclass(frozen=True)
class Settings:
    """What the page reads of the parameters: `show`, and the names of `rank`."""

    data_map: str
    feature_map: str
    first: int
    points: int
    hard: list[str]
    rare: list[str]
    noisy: list[str]
    any_of: list[str]
    seeds: list[int]
    mislabeled: list[str]


def contents(
    settings: Settings,
    *,
    images: Path,
    skipped: Path,
    dynamics: Path,
    features: Path,
    ranking: Path,
    doubted: Any = None,  # noqa: ANN401 - an axis of the ranking's kind
) -> Contents:
    """Read a study's tables.

    Args:
        settings: of the page.
        images: the samples, "images/1".
        skipped: what was left out, CSV.
        dynamics: the folder of the runs' dynamics.
        features: the folder of the runs' features.
        ranking: "ranking/2".
        doubted: the axis of likely mislabeled samples, None without labels.

    Raises:
        InputError: a table is missing, of another kind or of other samples, or a map names
            what no run recorded.
    """
    table = tables.read(ranking, "ranking/2")
    sample_id = tables.column(table, "sample_id")
    samples = tables.read_images(images, sample_id)
    made_of = {n: getattr(settings, n) for n in ("hard", "rare", "noisy")} | {"duplicate": []}
    axes = [ranked(table, n, scores, n in settings.any_of) for n, scores in made_of.items()]
    if doubted is not None:
        found = (doubted.score, doubted.rank, doubted.spread, int(doubted.member.sum()))
        axes.append(Axis("mislabeled", settings.mislabeled, *found))
    repeats = np.argsort(axes[3].rank, kind="stable")[: settings.first]
    kept = beside(table, repeats)
    chosen = [
        *choose(axes, settings.first, settings.points),
        *(other for other, _ in kept.values()),
    ]
    shown = np.unique(np.array(chosen, np.int64))
    return Contents(
        file_name=samples.file_name,
        image=samples.image,
        axes=axes,
        shown=shown,
        kept=kept,
        places=_places(settings, dynamics, features, sample_id, shown),
        label=[_label(samples.classes, int(one)) for one in samples.label],
        skipped=read_skipped(skipped),
        seeds=len(settings.seeds),
    )


def _label(classes: Sequence[str], label: int) -> str:
    """A label's name, empty where it is unknown."""
    if label < 0:
        return ""
    return classes[label] if label < len(classes) else str(label)


def _places(
    settings: Settings, dynamics: Path, features: Path, sample_id: np.ndarray, shown: np.ndarray
) -> dict[str, Map]:
    """Both maps of the shown samples."""
    run, _, name = settings.data_map.partition("/")
    values = []
    for seed in settings.seeds:
        ids, columns = tables.read_dynamics(dynamics / f"{run}-{seed}.arrow")
        if name not in columns or not np.array_equal(ids, sample_id):
            raise InputError(
                f"show.data_map is {settings.data_map}, which {run} does not record for these "
                f"images; it records {', '.join(sorted(columns))}."
            )
        values.append(columns[name][shown])
    first = features / f"{settings.feature_map}-{settings.seeds[0]}.arrow"
    return {"data": _data_map(name, values), "features": _feature_map(first, shown)}


def _data_map(name: str, values: Sequence[np.ndarray]) -> Map:
    """How an image fared over the epochs."""
    note = (
        f"by the {name} of each image over the epochs: high up, where it was low and steady, is "
        "easy for this network, far down is hard, far to the right was learnt late or forgotten. "
        "An axis made of other scores may see it otherwise."
    )
    sides = f"variability of the {name}", f"mean {name}, low = up"
    return Map("Data map", note, *sides, over_epochs(list(values)) * [1, -1])


def _feature_map(path: Path, shown: np.ndarray) -> Map:
    """What a network made of the images."""
    note = (
        "by what a network sees in them (t-SNE): like images lie together; distances between "
        "groups mean little."
    )
    _, vectors = tables.read_features(path)
    return Map("Map of the features", note, "", "", of_features(vectors[shown]))
