"""What stands beside a duplicate: its most similar image, by the runs that the axis reads."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.report.over_epochs import same_samples
from hardrare.report.read import Study


def partners_of(study: Study) -> dict[int, tuple[int, float]]:
    """The partner of each shown duplicate, by the runs that the axis reads."""
    runs = runs_of(study.settings.duplicate, study.settings.seeds)
    rows = study.extremes("duplicate")["row"].to_numpy().astype(int)
    marked = study.ranking["is_duplicate"].to_numpy()
    return partners(study.paths["features"], runs, study.images.sample_id, rows, marked)


def partners(
    folder: Path,
    runs: Mapping[str, Sequence[int]],
    sample_id: np.ndarray,
    rows: np.ndarray,
    duplicate: np.ndarray,
) -> dict[int, tuple[int, float]]:
    """For some samples the most similar one: cosine of the features, mean over runs.

    Of a sample that is called a duplicate, it is the most similar earlier one that is not; of any
    other sample, the most similar other one.

    Args:
        folder: holds `<objective>-<seed>.arrow` tables of features.
        runs: objective to its seeds.
        sample_id: `(N,)` of the images.
        rows: positions `(n,)` of the samples asked for.
        duplicate: `(N,)` bool, which samples are called so.

    Returns:
        Position to the partner's position and their cosine, -1..1; of equally similar ones
        the first. A sample without a partner is left out; so are all without runs.

    Raises:
        InputError: a table is missing, of another version or of other samples.
    """
    if not runs:
        return {}
    paths = [folder / f"{run}-{seed}.arrow" for run, seeds in runs.items() for seed in seeds]
    mean = np.mean([_cosines(path, sample_id, rows) for path in paths], axis=0)
    place = np.arange(len(sample_id))
    kept_before = ~duplicate & (place < rows[:, None])
    mean[~np.where(duplicate[rows][:, None], kept_before, place != rows[:, None])] = -np.inf
    best = mean.argmax(axis=1)
    return {
        int(row): (int(other), float(mean[at, other]))
        for at, (row, other) in enumerate(zip(rows, best, strict=True))
        if mean[at, other] > -np.inf
    }


def runs_of(scores: Iterable[str], seeds: Sequence[int]) -> dict[str, Sequence[int]]:
    """The runs behind some scores, each once; none is behind those of the appearance.

    >>> runs_of(["a/x", "b/y", "a/z", "appearance/x"], [0])
    {'a': [0], 'b': [0]}
    """
    runs = (name.partition("/")[0] for name in scores)
    return dict.fromkeys((run for run in runs if run != tables.APPEARANCE), seeds)


def _cosines(path: Path, sample_id: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Cosine `(n, N)` of the asked samples' features with all; 0 for features that are 0."""
    ids, features = tables.read_features(path)
    same_samples(path, ids, sample_id)
    size = np.linalg.norm(features, axis=1)
    scale = np.where(size > 0, size, 1.0)
    return (features[rows] @ features.T) / scale[rows, None] / scale
