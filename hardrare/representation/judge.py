"""The features of every run before the same judges: the rows of the table."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import centred, points
from hardrare.representation.assess import Settings, assess
from hardrare.tables import open_features


@dataclass(frozen=True)
class Judge:
    """Who judges, and by what.

    Attributes:
        sample_id: (N,) of the images.
        label: (N,) given labels.
        chosen: (N,) bool, the samples that judge.
        neighbours: k of the vote.
        settings: of both judges.
    """

    sample_id: np.ndarray
    label: np.ndarray
    chosen: np.ndarray
    neighbours: int
    settings: Settings

    def rows(
        self, run: str, seed: int | None, epoch: int | None, values: np.ndarray
    ) -> list[dict[str, Any]]:
        """The rows of some features (M, D) of the samples chosen."""
        near = nearest(values, self.neighbours, unit=True)
        label = self.label[self.chosen]
        assessed = assess(values, near.index, near.distance, label, self.settings)
        return [{"objective": run, "seed": seed, "epoch": epoch, **row} for row in assessed]

    def snapshots(self, path: Path, frozen: bool) -> Iterator[tuple[int, np.ndarray]]:
        """Epoch and features (M, D) of the samples chosen, none where a run keeps none.

        Args:
            path: table of a run's features.
            frozen: of a network that was not trained here: the mean over all samples is taken
                off, as before its scores.

        Raises:
            InputError: as `read`, or it holds other samples than the images.
        """
        kept = open_features(path)
        for epoch, ids, values in kept.snapshots() if kept.of_one_network else ():
            if not np.array_equal(ids, self.sample_id):
                raise InputError(f"{path}: holds other samples than the images; train again.")
            yield epoch, (centred(values) if frozen else values)[self.chosen]


def joined(first: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two features of the same samples side by side, each of unit length: (M, D + E)."""
    return np.hstack([points(first, unit=True), points(other, unit=True)])
