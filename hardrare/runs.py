"""Which runs a study has, as the stages that read many of them learn it from the parameters.

They go by the parameters, never by what happens to lie in a folder. A run's files are named
`<run>-<seed>`, or `<run>` alone for a frozen network, which has no seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hardrare.errors import InputError
from hardrare.params import key
from hardrare.tables import APPEARANCE, Score, read_scores, table_of

ON_FEATURES = "features_"  # begins the names of heads on the features of a frozen network
Seeds = Sequence[int | None]


def run_name(run: str, seed: int | None) -> str:
    """What a run's tables are called, without `.arrow`."""
    return run if seed is None else f"{run}-{seed}"


@dataclass(frozen=True)
class LabelFreeRuns:
    """The runs that read no label.

    Attributes:
        objectives: trained on images.
        second_split: of them, those trained over two halves too.
        on_features: objectives whose heads are trained on the features of a frozen network.
        seeds: of all these and of the runs on pseudo-labels.
        networks: frozen ones.
        clustered: objectives whose features give pseudo-labels.
        clustered_networks: frozen networks whose features do.
    """

    objectives: list[str] = key("pretrain.objectives")
    second_split: list[str] = key("pretrain.second_split")
    on_features: list[str] = key("pretrain.on_features")
    seeds: list[int] = key("pretrain.seeds")
    networks: list[str] = key("embed.networks")
    clustered: list[str] = key("cluster.objectives")
    clustered_networks: list[str] = key("cluster.networks")

    @property
    def heads(self) -> list[str]:
        """Names of the label-free runs on features."""
        return [ON_FEATURES + objective for objective in self.on_features]

    @property
    def pseudo(self) -> list[str]:
        """Names of the runs on pseudo-labels; they leave no features."""
        return [f"pseudo_{name}" for name in (*self.clustered, *self.clustered_networks)]

    @property
    def label_free(self) -> dict[str, Seeds]:
        """Their names and seeds; a frozen network's seed is None."""
        halves = [f"{objective}_second_split" for objective in self.second_split]
        trained = [*self.objectives, *halves, *self.heads, *self.pseudo]
        return dict.fromkeys(trained, self.seeds) | dict.fromkeys(self.networks, (None,))

    def worlds_beside(self, named: Sequence[str], run: str, seed: int | None) -> list[str]:
        """The runs whose neighbours are compared with those of one: of its seed, or of all.

        Args:
            named: names of runs, one of each kind of network.
            run: the name of the one; where it is not named it is compared with none.
            seed: of the one; None of a frozen network, beside which all seeds stand.

        Raises:
            InputError: a name is no run that leaves features, or there is one alone.
        """
        known = {name: seeds for name, seeds in self.label_free.items() if name not in self.pseudo}
        if wrong := [name for name in named if name not in known]:
            raise InputError(f"score.worlds: {wrong[0]} is none of {', '.join(known)}; mend it.")
        if len(named) == 1:
            raise InputError("score.worlds names one run; name two or more, or none.")
        others = [name for name in named if name != run] if run in named else []
        return [
            run_name(name, number)
            for name in others
            for number in known[name]
            if seed is None or number in (None, seed)
        ]

    def label_free_scores(self, folder: Path) -> tuple[np.ndarray, list[Score]]:
        """`sample_id (N,)` and the scores of the appearance and of the label-free runs."""
        return read_scores(folder, {APPEARANCE: [None], **self.label_free})


@dataclass(frozen=True)
class Arms:
    """The arms of the retraining, and those that are kept at further shares."""

    arms: list[str] = key("prune.arms")
    sweep: list[float] = key("prune.sweep")
    sweep_arms: list[str] = key("prune.sweep_arms")

    @property
    def all_arms(self) -> list[str]:
        """Names of their tables."""
        return [*self.arms, *(f"{arm}@{share}" for arm in self.sweep_arms for share in self.sweep)]


@dataclass(frozen=True)
class Axes:
    """The scores of which the axes of the ranking are made that no label decides."""

    hard: list[str] = key("rank.hard")
    rare: list[str] = key("rank.rare")
    noisy: list[str] = key("rank.noisy")


@dataclass(frozen=True)
class Labelled:
    """The runs that read the given labels."""

    kinds: list[str] = key("supervise.kinds")
    kinds_on_features: list[str] = key("supervise.on_features")
    label_seeds: list[int] = key("supervise.seeds")

    @property
    def labelled(self) -> list[str]:
        """Their names."""
        return [*self.kinds, *(ON_FEATURES + kind for kind in self.kinds_on_features)]


@dataclass(frozen=True)
class Runs(Labelled, LabelFreeRuns):
    """All runs: the label-free ones, those with labels, and the pixel statistics."""

    @property
    def all(self) -> dict[str, Seeds]:
        """Names and seeds of all runs."""
        return self.label_free | dict.fromkeys(self.labelled, self.label_seeds)

    def files(self, folder: Path, run: str) -> list[Path]:
        """The tables of a run in a folder, one for each seed; none of an unknown run."""
        seeds = self.all.get(run, ())
        return [table_of(folder, run_name(run, seed)) for seed in seeds]

    @property
    def with_dynamics(self) -> dict[str, Seeds]:
        """Names and seeds of the runs that trained something, epoch by epoch."""
        return {name: seeds for name, seeds in self.all.items() if name not in self.networks}

    @property
    def with_features(self) -> list[tuple[str, int | None]]:
        """Names and seeds, one by one, of the runs that leave features."""
        runs = {name: seeds for name, seeds in self.all.items() if name not in self.pseudo}
        return [(name, seed) for name, seeds in runs.items() for seed in seeds]

    def scores(self, folder: Path) -> tuple[np.ndarray, list[Score]]:
        """`sample_id (N,)` and all scores: pixels first, then label-free, then with labels."""
        return read_scores(folder, {"pixels": [None], **self.all})
