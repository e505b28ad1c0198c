"""Which label the runs with labels would give a sample, where they never saw its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.tables.dynamics import read_dynamics
from hardrare.tables.kinds import HELD_OUT
from hardrare.tables.parts import table_of

COLUMN = HELD_OUT + "predicted"


def read_suggested(
    folder: Path, runs: Mapping[str, Sequence[int]], sample_id: np.ndarray
) -> np.ndarray | None:
    """The class (N,) that networks which never saw a sample predict most often, -1 without any.

    Each seed and epoch has a vote; of classes with equal votes the one predicted later wins.

    Args:
        folder: of the dynamics.
        runs: names and seeds of runs with labels; those without held-out predictions have no vote.
        sample_id: (N,); the runs are of those that have a label.

    Raises:
        InputError: a table is missing or holds other samples.
    """
    votes: list[np.ndarray] = []
    known = sample_id
    for name, seeds in runs.items():
        for seed in seeds:
            path = table_of(folder, f"{name}-{seed}")
            ids, columns = read_dynamics(path)
            known = known if votes else ids
            if not np.array_equal(ids, known) or not np.isin(ids, sample_id).all():
                raise InputError(f"{path}: holds other samples than the images; train it again.")
            if COLUMN in columns:
                votes.append(columns[COLUMN])
    if not votes:
        return None
    suggested = np.full(len(sample_id), -1, np.int32)
    suggested[np.isin(sample_id, known)] = most_often(votes)
    return suggested


def most_often(votes: Sequence[np.ndarray]) -> np.ndarray:
    """The class (N,) with most votes among class ids (N, T) of each voter.

    Example:
        >>> most_often([np.array([[0, 1, 1], [2, 0, 1]])]).tolist()
        [1, 1]
    """
    classes = int(max(vote.max() for vote in votes)) + 1
    counts = np.zeros((len(votes[0]), classes))
    rows = np.arange(len(counts))
    for vote in votes:
        epochs = vote.shape[1]
        for t in range(epochs):  # the part below 1 decides between equal counts alone
            late = (t + 1) / (len(votes) * epochs * (epochs + 1))
            counts[rows, vote[:, t].astype(np.int64)] += 1 + late
    return counts.argmax(1).astype(np.int32)
