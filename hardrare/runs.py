"""Which runs a study has, as the stages that read many of them learn it from the parameters.

They go by the parameters, never by what happens to lie in a folder.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.params import key
from hardrare.tables import APPEARANCE, Score, read_scores


@dataclass(frozen=True)
class LabelFreeRuns:
    """The runs that read no label: of each objective, over two halves, on pseudo-labels."""

    objectives: list[str] = key("pretrain.objectives")
    second_split: list[str] = key("pretrain.second_split")
    seeds: list[int] = key("pretrain.seeds")
    clustered: list[str] = key("cluster.objectives")

    @property
    def pseudo(self) -> list[str]:
        """Names of the runs on pseudo-labels; they leave no features."""
        return [f"pseudo_{one}" for one in self.clustered]

    @property
    def label_free(self) -> dict[str, list[int]]:
        """Their names and seeds."""
        halves = [f"{one}_second_split" for one in self.second_split]
        return dict.fromkeys([*self.objectives, *halves, *self.pseudo], self.seeds)

    def label_free_scores(self, folder: Path) -> tuple[np.ndarray, list[Score]]:
        """`sample_id (N,)` and the scores of the appearance and of the label-free runs."""
        return read_scores(folder, {APPEARANCE: [None], **self.label_free})


@dataclass(frozen=True)
class Runs(LabelFreeRuns):
    """All runs: the label-free ones, those with labels, and the pixel statistics."""

    kinds: list[str] = key("supervise.kinds")
    label_seeds: list[int] = key("supervise.seeds")

    @property
    def trained(self) -> dict[str, list[int]]:
        """Names and seeds of all runs that trained a network."""
        return self.label_free | dict.fromkeys(self.kinds, self.label_seeds)

    @property
    def with_features(self) -> list[tuple[str, int]]:
        """Names and seeds, one by one, of the runs that leave features."""
        runs = {name: seeds for name, seeds in self.trained.items() if name not in self.pseudo}
        return [(name, seed) for name, seeds in runs.items() for seed in seeds]

    def scores(self, folder: Path) -> tuple[np.ndarray, list[Score]]:
        """`sample_id (N,)` and all scores: pixels first, then label-free, then with labels."""
        return read_scores(folder, {"pixels": [None], **self.trained})
