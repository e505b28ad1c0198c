"""Kinds of run with labels: which networks learn which samples, and what is measured.

Each kind has settings of its own, `supervise.<kind>` of the parameters, beside those
that all share. All go through the one loop with the one recorder.
"""

from dataclasses import dataclass, fields, replace
from types import ModuleType
from typing import Any

import numpy as np

from hardrare.errors import InputError
from hardrare.objectives import mc_dropout, mimo, supervised
from hardrare.probes.occasional import feeds_on_a_classifier
from hardrare.protocols.holdout import BestLoss, WithColumn
from hardrare.training import plan as plans
from hardrare.training.callbacks import Callbacks, Records
from hardrare.training.checkpoints import Checkpoints
from hardrare.training.loop import train
from hardrare.training.probing import Probing
from hardrare.training.rate_range import with_learning_rate
from hardrare.training.recorder import Recorder
from hardrare.training.samples import Samples
from hardrare.training.settings import Settings

LOSS = Probing(every=("loss",))


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


@dataclass(frozen=True)
class Supervised:
    """One network on all samples.

    Attributes:
        occasional: probes beside those of every epoch, by name; each adds its own cost.
        checkpoints: K of the variance of gradients.
    """

    occasional: list[str]
    checkpoints: int

    words = supervised.WORDS
    phases, networks = 1, 1

    def __post_init__(self) -> None:
        """Refuse unknown probes, probes that no plain classifier feeds, and no checkpoint."""
        feeds_on_a_classifier(self.occasional)
        if self.checkpoints < 1:
            raise InputError(f"checkpoints is {self.checkpoints}, it must be at least 1.")

    def run(self, work: Work) -> None:
        """Train and record."""
        probing = Probing(None, tuple(self.occasional), self.checkpoints)
        work.train_single(supervised, work.options, probing)


@dataclass(frozen=True)
class CrossValidation:
    """Networks that each leave out a fold: one judges a sample that it never saw.

    Every sample has two values an epoch, of a network that learnt it and, under a name that
    begins with `held_out_`, of one that did not: it cannot have learnt a wrong label by heart.

    Attributes:
        folds: how many networks, at least 2.
    """

    folds: int

    @property
    def networks(self) -> int:
        """As many as folds; they leave no features."""
        return self.folds

    words = "classifiers that each leave out a part of the images and judge what they never saw"
    phases = 1

    def run(self, work: Work) -> None:
        """Train and record."""
        plan = plans.folds(work.label, self.folds, work.seed)
        work.train(supervised, work.with_learning_rate(supervised, work.options), plan, Probing())


@dataclass(frozen=True)
class SecondSplit:
    """Halves, both directions: learnt, then forgotten while the other half is learnt."""

    words = "a classifier that learns one half, then the other, and is watched for what it forgets"
    phases, networks = 2, 2

    def run(self, work: Work) -> None:
        """Train and record."""
        plan = plans.second_split(work.label, work.seed)
        work.train(supervised, work.with_learning_rate(supervised, work.options), plan, Probing())


@dataclass(frozen=True)
class Holdout:
    """A model of the irreducible loss on a disjoint half, then a fresh target model.

    Attributes:
        irreducible_epochs: of the first model; the target model has the shared `epochs`.
    """

    irreducible_epochs: int

    words = (
        "a classifier of one half, beside one that learnt the other half: what could be learnt "
        "but is not yet"
    )
    phases, networks = 1, 2

    def run(self, work: Work) -> None:
        """Train and record."""
        models, targets = plans.holdout(work.label, work.seed)
        seed = int(np.random.SeedSequence([work.seed, 3]).generate_state(1)[0])
        best = BestLoss(models)
        options = work.with_learning_rate(supervised, work.options)
        settings = replace(work.settings, epochs=self.irreducible_epochs)
        first = replace(work, settings=settings, seed=seed, title=f"{work.title} irreducible")
        first.train(supervised, options, models, LOSS, best)
        target = replace(work, title=f"{work.title} target")
        recorder = WithColumn(work.recorder, "irreducible_loss", best.loss)
        target.train(supervised, options, targets, LOSS, recorder)


@dataclass(frozen=True)
class McDropout:
    """One network with dropout; S passes with dropout on after the last epoch.

    Attributes:
        rate: of dropout, 0..1.
        passes: S.
    """

    rate: float
    passes: int

    words = mc_dropout.WORDS
    phases, networks = 1, 0  # the features are a plain classifier's: none are kept

    def run(self, work: Work) -> None:
        """Train and record."""
        options = work.own(mc_dropout.Settings, rate=self.rate, passes=self.passes)
        work.train_single(mc_dropout, options, Probing((), ("mc_dropout_entropy", "bald")))


@dataclass(frozen=True)
class Mimo:
    """One network with M inputs and M heads, batches repeated R times.

    Attributes:
        inputs: M.
        repetitions: R; a step costs R times as much.
    """

    inputs: int
    repetitions: int

    words = mimo.WORDS
    phases, networks = 1, 0  # the features are a plain classifier's: none are kept

    def run(self, work: Work) -> None:
        """Train and record."""
        options = work.own(mimo.Settings, inputs=self.inputs, repetitions=self.repetitions)
        probing = Probing((), ("mimo_entropy", "mimo_disagreement", "mimo_kl"))
        work.train_single(mimo, options, probing)


KINDS: dict[str, type] = {
    "supervised": Supervised,
    "cross_validation": CrossValidation,
    "second_split": SecondSplit,
    "holdout": Holdout,
    "mc_dropout": McDropout,
    "mimo": Mimo,
}


def kind(name: str) -> type:
    """The dataclass of a kind of run: settings, `words`, `phases`, `networks`, and `run(work)`.

    `networks` says whose features are kept: only those of a single one are.

    Raises:
        InputError: there is no such kind.
    """
    if name not in KINDS:
        raise InputError(f"unknown kind of run {name!r}; known are {', '.join(KINDS)}.")
    return KINDS[name]
