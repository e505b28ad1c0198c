"""What is made of a run besides its networks: statistics, an early end, checkpoints."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hardrare.training.checkpoints import Checkpoints
from hardrare.training.probing import Probing

Columns = dict[str, np.ndarray]
ALL = Probing()


class Records(Protocol):
    """Where statistics go: a `Recorder`, or what stands in for one.

    Attributes:
        in_step: columns that the training step tells; asked for of no stand-in.
    """

    in_step: set[str]

    def record(self, part: int, columns: Columns, features: np.ndarray | None) -> None:
        """Take an epoch: its phase, columns (N,), features (N, D) where they are to be kept."""
        ...


@dataclass(frozen=True)
class Callbacks:
    """What is made of a run besides its networks.

    Attributes:
        recorder: where statistics go; None trains without measuring.
        probing: which statistics; those that the objective feeds after every epoch by default.
        stop: asked after every epoch, with its columns (N,), whether training may end there.
        checkpoints: where the state goes from time to time, None for nowhere.
    """

    recorder: Records | None = None
    probing: Probing = ALL
    stop: Callable[[Columns], bool] | None = None
    checkpoints: Checkpoints | None = None
