"""Runs that read no label: each objective and seed trained and measured after every epoch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from hardrare import objectives
from hardrare.params import build
from hardrare.training.callbacks import Callbacks, Columns
from hardrare.training.loop import train
from hardrare.training.plan import Plan
from hardrare.training.probing import Probing
from hardrare.training.rate_range import with_learning_rate
from hardrare.training.samples import Samples
from hardrare.training.session import session
from hardrare.training.settings import OnDevices, Settings


@dataclass(frozen=True)
class Params(OnDevices):
    """What a stage of such runs reads: the loop's settings, which runs, each objective's own.

    Attributes:
        snapshot_every: as `Probing` has it.
        measure: as `Probing` has it.
        objectives: their names.
        seeds: of each.
        options: the stage's section, where each objective's settings stand under its name.
    """

    LISTS: ClassVar[Sequence[str]] = ("objectives", "seeds")  # what says which runs there are

    snapshot_every: int
    measure: str
    objectives: list[str]
    seeds: list[int]
    options: dict[str, Any]

    def __post_init__(self) -> None:
        """Refuse what cannot train, and times to measure that are none."""
        super().__post_init__()
        Probing(snapshot_every=self.snapshot_every, measure=self.measure)

    def runs(self, section: str, names: Sequence[str], listed: str) -> "Iterator[Run]":
        """Every objective of a list with every seed.

        Args:
            section: of the parameters, for messages.
            names: of the objectives.
            listed: the key that lists them.

        Raises:
            InputError: there is no such objective, it reads labels, or its settings are wrong.
        """
        for name in names:
            module, alone = objectives.objective(name, listed), {key: [] for key in self.LISTS}
            own = replace(self, options=self.options.get(name), **alone)
            options = build(module.Settings, own.options, f"{section}.{name}", "parameters")
            for seed in self.seeds:
                yield Run(name, seed, module, options, own)


@dataclass(frozen=True)
class Run:
    """One run: its objective, its seed, and all that it reads of the parameters.

    Attributes:
        name: of the objective.
        seed: of weights, order and views.
        module: the objective's.
        options: the objective's settings.
        params: the stage's, without those of other runs.
    """

    name: str
    seed: int
    module: ModuleType
    options: Any
    params: Params

    def train(
        self,
        title: str,
        samples: Samples,
        sample_id: np.ndarray,
        inputs: Sequence[Path],
        scratch: Path,
        made: tuple[Path, Path],
        plan: Plan,
        loop: Settings,
        stop: Callable[[Columns], bool] | None = None,
    ) -> None:
        """Train, measure every sample after every epoch, write dynamics and features.

        Args:
            title: of the run, in its progress and its checkpoints.
            samples: to train on.
            sample_id: (N,) of them.
            inputs: the files that they were read from.
            scratch: where checkpoints lie.
            made: dynamics and features, to be written.
            plan: who learns what.
            loop: settings of the loop.
            stop: ends the run early.
        """
        options, tested = with_learning_rate(self.module, self.options, loop, samples, self.seed)
        kept = {"parts": plan.phases, "features": made[1], "networks": len(plan.members)}
        kept["said"] = {self.name: self.module.WORDS}
        opened = (title, self.params, inputs, scratch, made[0], sample_id)
        with session(*opened, **kept) as (recorder, state):
            recorder.ranges += tested
            measured = Probing(
                snapshot_every=self.params.snapshot_every,
                measure=self.params.measure if plan.learns_what_it_measures else "after_epoch",
            )
            callbacks = Callbacks(recorder, measured, stop, state)
            train(self.module, options, loop, plan, samples, self.seed, callbacks, title)
