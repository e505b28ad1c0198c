"""The dynamics of runs, reduced to what the page shows; nothing of size (N, T) is kept twice."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hardrare import tables
from hardrare.errors import InputError
from hardrare.numerics import stable_ranking
from hardrare.numerics.stable_ranking import Replay, replay

# Columns of the dynamics that the page shows over the epochs: title, quantity with its unit.
CURVES = {
    "loss": ("loss", "loss of the sample"),
    "displacement": ("MSD", "mean squared distance between epochs"),
    "gradient_norm": ("LGN", "gradient norm of the loss at the sample"),
}


def same_samples(path: Path, found: np.ndarray, expected: np.ndarray) -> None:
    """Refuse a table whose rows are not those of the images.

    Raises:
        InputError: names the table.
    """
    if not np.array_equal(found, expected):
        raise InputError(f"{path}: holds other samples than the images; run its stage again.")


def dynamics(
    folder: Path, objective: str, seeds: Sequence[int], sample_id: np.ndarray
) -> Iterator[dict[str, np.ndarray]]:
    """The dynamics of a run's seeds, one after the other: column to `(N, T)`.

    Args:
        folder: holds `<objective>-<seed>.arrow`.
        objective: or kind of run.
        seeds: of the runs.
        sample_id: `(N,)` of the images.

    Raises:
        InputError: a table is missing, of another version or of other samples.
    """
    for seed in seeds:
        path = folder / f"{objective}-{seed}.arrow"
        ids, columns = tables.read_dynamics(path)
        same_samples(path, ids, sample_id)
        yield columns


def replays(
    folder: Path,
    runs: Mapping[str, Sequence[int]],
    settings: stable_ranking.Settings,
    sample_id: np.ndarray,
) -> list[tuple[str, int, Replay]]:
    """Each run by the rule that ends training: name, seed, where it ends or would have.

    Runs that record none of the rule's columns are left out.
    """
    return [
        (objective, seed, replay(columns, settings))
        for objective, seeds in runs.items()
        for seed, columns in zip(seeds, dynamics(folder, objective, seeds, sample_id), strict=True)
        if not set(settings.columns).isdisjoint(columns)
    ]


def ranges(
    dynamics: Path, runs: Mapping[str, Sequence[int]], accuracy: Path, arms: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Every learning-rate range test with the run that it was made for.

    The arms of a retraining share the test of each seed.
    """
    trained = [
        (f"{name}, seed {seed}", dynamics / f"{name}-{seed}.arrow", "dynamics/1")
        for name, seeds in runs.items()
        for seed in seeds
    ]
    retrained = [("retraining", accuracy / f"{arm}.arrow", "accuracy/1") for arm in arms[:1]]
    found = []
    for name, path, kind in (*trained, *retrained):
        for one in tables.read_ranges(path, kind):
            title = f"{name}, seed {one['seed']}" if kind == "accuracy/1" else name
            found.append((title, one))
    return found


def curves(
    folder: Path, objective: str, seeds: Sequence[int], sample_id: np.ndarray
) -> dict[str, np.ndarray]:
    """Mean over seeds of each column of `CURVES` that the objective has: `(N, T)` each.

    T is the longest run's; where a run ended earlier, the mean is over those that went on.
    """
    total: dict[str, np.ndarray] = {}
    count: dict[str, np.ndarray] = {}
    for columns in dynamics(folder, objective, seeds, sample_id):
        for name in CURVES:
            if name in columns:
                values = columns[name].astype(np.float64)
                runs = np.ones(values.shape[1])
                total[name] = _longer_sum(total.get(name, values[:, :0]), values)
                count[name] = _longer_sum(count.get(name, runs[:0]), runs)
    return {name: values / count[name] for name, values in total.items()}


def _longer_sum(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The sum of two arrays whose last axes may differ in length, as long as the longer one."""
    short, long = sorted((first, second), key=lambda one: one.shape[-1])
    found = long.copy()
    found[..., : short.shape[-1]] += short
    return found
