"""Irreducible loss: what a model says of samples that it was never trained on.

An irreducible-loss model learns one half; after every epoch it is asked about the
other half, and its best checkpoint, by the mean loss there, gives that half's
irreducible losses. Then a fresh target model learns that other half (Mindermann et
al., ICML 2022, arXiv:2206.07137). Both directions, so that every sample has a value.
"""

import numpy as np

from hardrare.training.plan import Plan
from hardrare.training.recorder import Recorder


class BestLoss:
    """A recorder that keeps, for each member's rows, the losses of its best epoch."""

    def __init__(self, plan: Plan) -> None:
        self.parts = [member.measures for member in plan.members]
        self.best = np.full(len(self.parts), np.inf)
        self.loss = np.full(sum(map(len, self.parts)), np.nan, np.float32)

    def record(
        self,
        part: int,  # noqa: ARG002
        columns: dict[str, np.ndarray],
        features: np.ndarray | None,  # noqa: ARG002
    ) -> None:
        """Take the losses `(N,)` of an epoch where a part's mean is lower than before."""
        for i, rows in enumerate(self.parts):
            now = columns["loss"][rows]
            if now.mean(dtype=np.float64) < self.best[i]:
                self.best[i] = now.mean(dtype=np.float64)
                self.loss[rows] = now


class WithColumn:
    """A recorder that adds one column, the same in every epoch, and passes all on."""

    def __init__(self, recorder: Recorder, name: str, values: np.ndarray) -> None:
        self.recorder, self.added = recorder, {name: values}

    def record(
        self, part: int, columns: dict[str, np.ndarray], features: np.ndarray | None
    ) -> None:
        """Append an epoch with the column."""
        self.recorder.record(part, columns | self.added, features)
