"""Kinds of run with labels: which networks learn which samples, and what is measured.

Each kind has settings of its own, `supervise.<kind>` of the parameters, beside those
that all share. All go through the one loop with the one recorder.
"""

from dataclasses import dataclass, replace

import numpy as np
from torch import nn

from hardrare.errors import InputError
from hardrare.objectives import mc_dropout, mimo, supervised
from hardrare.probes.occasional import feeds_on_a_classifier
from hardrare.protocols import guessing
from hardrare.protocols.holdout import BestLoss, WithColumn
from hardrare.protocols.triplets import Triplet
from hardrare.protocols.work import Work
from hardrare.training import plan as plans
from hardrare.training.callbacks import Callbacks
from hardrare.training.loop import train
from hardrare.training.probing import Probing
from hardrare.training.samples import Samples

__all__ = ["KINDS", "Work", "kind"]

LOSS = Probing(every=("loss",))


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


@dataclass(frozen=True)
class SemiSupervised:
    """Few labels are told, the others guessed; then one network learns all of them.

    The dynamics are of the told and the guessed labels (Cho et al., 2026, SemiPrune,
    arXiv:2605.23198). No label beyond the told ones is read.

    Attributes:
        share: of the samples that tell their label, above 0 and up to 1.
        rounds: networks that guess, one after the other.
        steps: of the optimizer in each of them.
        confidence: probability from which on a guess is learnt from in the next round.
    """

    share: float
    rounds: int
    steps: int
    confidence: float

    words = "a classifier that was told few labels and learns what was guessed of the others"
    phases, networks = 1, 1

    def __post_init__(self) -> None:
        """Refuse shares out of range, and no round or step."""
        if not (0 < self.share <= 1 and 0 <= self.confidence <= 1):
            raise InputError("semi_supervised: share and confidence are shares of 0..1.")
        if self.rounds < 1 or self.steps < 1:
            raise InputError("semi_supervised: rounds and steps must be at least 1.")

    def run(self, work: Work) -> None:
        """Guess, train and record."""
        label, options = work.label, work.options
        if isinstance(options.learning_rate, str):
            raise InputError("semi_supervised: a range test would read all labels; set the rate.")
        rows = guessing.told(len(label), self.share, work.seed)

        def fit(samples: Samples, believed: np.ndarray, number: int) -> nn.Module:
            key = int(np.random.SeedSequence([work.seed, 6, number]).generate_state(1)[0])
            plan, name = plans.single(len(label), believed), f"{work.title} guess {number + 1}"
            args = (samples, key, Callbacks(checkpoints=work.checkpoints), name, self.steps)
            return train(supervised, options, work.settings, plan, *args)[0]

        guess = guessing.guessed(work.pixels, label, rows, fit, self.rounds, self.confidence)
        own = replace(work, pixels=work.pixels.labelled(guess))
        own.train(supervised, options, plans.single(len(label)), Probing())


KINDS: dict[str, type] = {
    "supervised": Supervised,
    "cross_validation": CrossValidation,
    "second_split": SecondSplit,
    "holdout": Holdout,
    "mc_dropout": McDropout,
    "mimo": Mimo,
    "label_triplet": Triplet,
    "semi_supervised": SemiSupervised,
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
