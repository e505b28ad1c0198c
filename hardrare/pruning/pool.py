"""What pruning chooses from, and how much it keeps."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardrare.errors import InputError
from hardrare.tables import Score


@dataclass(frozen=True)
class Pool:
    """N samples and the plan of pruning them.

    Attributes:
        label: `(N,)` class, -1 = unknown.
        scores: by name, `values (S, N)`.
        keep_fraction: share of the samples to keep, above 0 and up to 1.
        draws: independent subsets of each random arm.
        seed: of every random choice.
        cluster: gives `(N,)` the cluster of each sample, 0 upwards; called by the arms that
            need clusters alone.
        features: gives `(N, D)` features; called by the arms that need them alone.
        hard_cutoff: share of the hardest samples that `coverage`, `double_end` and what is built
            on it drop first.
        strata: parts of the score's range that `coverage` keeps evenly.
    """

    label: np.ndarray
    scores: dict[str, Score]
    keep_fraction: float
    draws: int
    seed: int
    cluster: Callable[[], np.ndarray]
    features: Callable[[], np.ndarray]
    hard_cutoff: float
    strata: int

    def __post_init__(self) -> None:
        """Refuse a plan that keeps nothing or draws nothing."""
        if not 0 < self.keep_fraction <= 1:
            raise InputError(
                f"prune.keep_fraction is {self.keep_fraction}, expected above 0 and up to 1."
            )
        if not self.keep:
            raise InputError(
                f"prune.keep_fraction {self.keep_fraction} keeps none of {len(self.label)} "
                "samples; raise it."
            )
        if self.draws < 1:
            raise InputError(f"prune.draws is {self.draws}, expected at least 1.")
        if not 0 <= self.hard_cutoff < 1:
            raise InputError(
                f"prune.hard_cutoff is {self.hard_cutoff}, expected from 0 to below 1."
            )
        if self.strata < 1:
            raise InputError(f"prune.strata is {self.strata}, expected at least 1.")

    @property
    def keep(self) -> int:
        """How many samples to keep: `keep_fraction` of N, rounded."""
        return round(self.keep_fraction * len(self.label))

    def generator(self, purpose: str, draw: int) -> np.random.Generator:
        """Random numbers of one purpose and draw, which depend on no other's."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode()), draw])
