"""The dynamics of runs, reduced to what the page shows; nothing of size (N, T) is kept twice."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from hardrare import tables
from hardrare.errors import InputError

# Columns of the dynamics that the page shows over the epochs: title, quantity with its unit.
CURVES = {
    "loss": ("loss", "loss of the sample"),
    "displacement": ("MSD", "mean squared distance between epochs"),
    "gradient_norm": ("LGN", "gradient norm of the loss at the sample"),
}


def same_samples(path: Path, present: np.ndarray, expected: np.ndarray) -> None:
    """Refuse a table whose rows are not those of the images.

    Raises:
        InputError: names the table.
    """
    if not np.array_equal(present, expected):
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
        path = tables.table_of(folder, f"{objective}-{seed}")
        ids, columns = tables.read_dynamics(path)
        same_samples(path, ids, sample_id)
        yield columns


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
    short, long = sorted((first, second), key=lambda values: values.shape[-1])
    total = long.copy()
    total[..., : short.shape[-1]] += short
    return total
