"""What every kind of run is given, and how it trains with it."""

from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

import numpy as np

from hardrare.objectives import supervised
from hardrare.training import plan as plans
from hardrare.training.callbacks import Callbacks, Records
from hardrare.training.checkpoints import Checkpoints
from hardrare.training.loop import train
from hardrare.training.probing import Probing
from hardrare.training.rate_range import with_learning_rate
from hardrare.training.recorder import Recorder
from hardrare.training.samples import Samples
from hardrare.training.settings import Settings


@dataclass(frozen=True)
class Work:
    """What every kind of run gets: shared settings, labelled images, seed, recorder, title."""

    options: supervised.Settings
    settings: Settings
    pixels: Samples
    seed: int
    recorder: Recorder
    title: str
    checkpoints: Checkpoints | None = None

    @property
    def label(self) -> np.ndarray:
        """Given labels (N,)."""
        return self.pixels.label.cpu().numpy()

    def own(self, settings: type, **more: Any) -> Any:  # noqa: ANN401
        """The shared options as an objective's own settings, with what is its own."""
        shared = {f.name: getattr(self.options, f.name) for f in fields(supervised.Settings)}
        return settings(**shared, **more)

    def with_learning_rate(
        self, module: ModuleType, options: supervised.Settings
    ) -> supervised.Settings:
        """Options whose learning rate is a number; a range test is noted in the recorder."""
        options, tested = with_learning_rate(module, options, self.settings, self.pixels, self.seed)
        self.recorder.ranges += tested
        return options

    def train(
        self,
        module: ModuleType,
        options: supervised.Settings,
        plan: plans.Plan,
        probing: Probing,
        recorder: Records | None = None,
    ) -> None:
        """Train, and record all members' statistics."""
        callbacks = Callbacks(recorder or self.recorder, probing, checkpoints=self.checkpoints)
        train(module, options, self.settings, plan, self.pixels, self.seed, callbacks, self.title)

    def train_single(
        self, module: ModuleType, options: supervised.Settings, probing: Probing
    ) -> None:
        """Train one network on all samples, at its own rate or the range test's."""
        plan = plans.single(len(self.pixels))
        self.train(module, self.with_learning_rate(module, options), plan, probing)
