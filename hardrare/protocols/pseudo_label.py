"""Training on pseudo-labels: the supervised dynamics of every sample without a label.

The ids of a clustering stand in for labels. Networks learn them fold by fold, so that each
sample has the dynamics of a network that learnt it and those of one that never saw it. One
clustering is one view of what the classes might be; several (other k, other starts) are
trained one after the other, and scores are averaged over them. (Training dynamics on
pseudo-labels: Zheng et al., ICLR 2025, ELFS, arXiv:2406.04273.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hardrare.objectives import supervised
from hardrare.probes.occasional import feeds_on_a_classifier
from hardrare.training.callbacks import Callbacks, Columns
from hardrare.training.checkpoints import Checkpoints
from hardrare.training.loop import train
from hardrare.training.plan import folds
from hardrare.training.probing import Probing
from hardrare.training.rate_range import with_learning_rate
from hardrare.training.recorder import Recorder
from hardrare.training.samples import Samples
from hardrare.training.settings import OnDevices, Settings


@dataclass(frozen=True)
class Params(supervised.Settings, OnDevices):
    """What a stage that trains on clusters reads: the classifier's settings and the loop's.

    Attributes:
        folds: networks for each clustering.
        probes: taken at every epoch, by name.
        occasional: probes taken in some epochs only.
    """

    folds: int
    probes: list[str]
    occasional: list[str]

    def __post_init__(self) -> None:
        """Refuse what cannot train, and probes that no plain classifier feeds."""
        super().__post_init__()
        feeds_on_a_classifier(self.occasional)

    def callbacks(self, recorder: Recorder, checkpoints: Checkpoints | None) -> Callbacks:
        """What is recorded, and kept on the way."""
        probing = Probing(tuple(self.probes), tuple(self.occasional))
        return Callbacks(recorder, probing, checkpoints=checkpoints)


class _Part:
    """A recorder that passes every epoch on as one of a clustering."""

    def __init__(self, recorder: Recorder, number: int) -> None:
        self.recorder, self.number = recorder, number

    def record(self, part: int, columns: Columns, features: np.ndarray | None) -> None:  # noqa: ARG002
        """Append an epoch."""
        self.recorder.record(self.number, columns)


def train_on_clusters(
    options: supervised.Settings,
    settings: Settings,
    samples: Samples,
    clusterings: Sequence[np.ndarray],
    count: int,
    seed: int,
    callbacks: Callbacks,
    title: str,
) -> None:
    """Train on every clustering, `count` networks each, and record what they say.

    Args:
        options: of the classifier.
        settings: of the loop.
        samples: without labels: images, or features of a frozen network.
        clusterings: cluster ids (N,), each from 0 upwards.
        count: of folds; each network leaves out one.
        seed: of weights, order, views and folds.
        callbacks: its recorder takes a clustering's number as the part.
        title: of the run, in its progress.
    """
    chosen: Any = options
    for number, label in enumerate(clusterings):
        pixels = samples.labelled(label)
        key = int(np.random.SeedSequence([seed, 5, number]).generate_state(1)[0])
        if number == 0:  # one rate for all clusterings
            chosen, tested = with_learning_rate(supervised, options, settings, pixels, key)
            callbacks.recorder.ranges += tested
        own = replace(callbacks, recorder=_Part(callbacks.recorder, number))
        plan, name = folds(label, count, key), f"{title} clustering {number + 1}/{len(clusterings)}"
        train(supervised, chosen, settings, plan, pixels, key, own, name)
