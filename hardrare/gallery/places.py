"""The maps of a page, from the tables of a study."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.errors import InputError
from hardrare.gallery.contents import Map
from hardrare.gallery.maps import of_features, over_epochs


def data_map(
    entry: str,
    dynamics: Sequence[Path],
    sample_id: np.ndarray,
    shown: np.ndarray,
    rows: np.ndarray,
    high_is_hard: bool,
) -> dict[str, Map]:
    """How images fared over the epochs: the easy end is up. None of a run without dynamics.

    Args:
        entry: the dynamics column, `<run>/<column>`.
        dynamics: of that run, one file for each seed.
        sample_id: `(N,)`.
        shown: `(M,)` rows of the samples on the page.
        rows: `(P,)` places in `shown` that are mapped.
        high_is_hard: whether the harder end of the column's mean is declared to be the high one.

    Raises:
        InputError: the run did not record that column for these samples.
    """
    run, _, name = entry.partition("/")
    values = []
    for path in dynamics:
        ids, columns = tables.read_dynamics(path)
        if name not in columns or not np.array_equal(ids, sample_id):
            raise InputError(
                f"show.data_map is {entry}, which {run} does not record for these "
                f"images; it records {', '.join(sorted(columns))}."
            )
        values.append(columns[name][shown[rows]])
    if not values:
        return {}
    end = "low" if high_is_hard else "high"
    note = (
        f"by the {name} of each image over the epochs: high up, where it was {end} and steady, is "
        "easy for this network, far down is hard, far to the right was learnt late or forgotten. "
        "An axis made of other scores may see it otherwise."
    )
    sides = f"variability of the {name}", f"mean {name}, {end} = up"
    where = over_epochs(values) * [1, -1 if high_is_hard else 1]
    return {"data": Map("Data map", note, *sides, where, rows)}


def feature_map(features: np.ndarray, rows: np.ndarray) -> dict[str, Map]:
    """What a network made of the images.

    Args:
        features: `(P, D)` of those that are mapped.
        rows: `(P,)` their places among the shown samples.
    """
    note = (
        "by what a network sees in them (t-SNE): like images lie together; distances between "
        "groups mean little."
    )
    return {"features": Map("Map of the features", note, "", "", of_features(features), rows)}
