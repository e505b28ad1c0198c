"""Early end of training: when the ranking by a running score no longer changes.

The running score of a sample after epoch t is the mean of a column of its dynamics over the
epochs so far in which it is defined. Training may end at the first epoch at which Spearman's
correlation between the running score now and `gap` epochs before has stayed at or above
`threshold` for `patience` epochs in a row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hardrare.errors import InputError


@dataclass(frozen=True)
class Settings:
    """When a ranking counts as stable.

    Attributes:
        columns: of the dynamics; the running score is of the first that the run records.
        gap: epochs between the two rankings that are compared, at least 1.
        threshold: of Spearman's correlation, up to 1.
        patience: epochs in a row, at least 1.
        reference_seeds: seeds that are trained to the end all the same: by them the report
            tells how far the ranking of an ended run is from the full run's.
    """

    columns: list[str]
    gap: int
    threshold: float
    patience: int
    reference_seeds: list[int]

    def __post_init__(self) -> None:
        """Refuse numbers that cannot end anything."""
        for name in ("gap", "patience"):
            if getattr(self, name) < 1:
                value = getattr(self, name)
                raise InputError(f"stable_ranking.{name} is {value}, it must be at least 1.")
        if not self.threshold <= 1:
            raise InputError(f"stable_ranking.threshold is {self.threshold}, expected up to 1.")

    def column(self, recorded: Iterable[str]) -> str:
        """The column of the running score.

        Raises:
            InputError: the run records none of them.
        """
        recorded = set(recorded)
        for name in self.columns:
            if name in recorded:
                return name
        raise InputError(
            f"stable_ranking.columns: the run records none of {', '.join(self.columns)}; "
            f"it has {', '.join(sorted(recorded))}."
        )


class StableRanking:
    """Asked after every epoch with its columns, says whether training may end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.past: list[np.ndarray] = []  # running scores (N,), no more than are compared
        self.total, self.count, self.stayed = 0.0, 0, 0

    def __call__(self, columns: dict[str, np.ndarray]) -> bool:
        """Take the columns (N,) of an epoch.

        Raises:
            InputError: the run has no such column.
        """
        values = columns[self.settings.column(columns)].astype(np.float64)
        known = np.isfinite(values)
        if not known.any():  # a column that begins later, as the displacement
            return False
        self.total, self.count = self.total + np.where(known, values, 0), self.count + known
        self.past.append(self.total / np.maximum(self.count, 1))
        self.past = self.past[-self.settings.gap - 1 :]
        full = len(self.past) > self.settings.gap
        stays = full and correlation(self.past[0], self.past[-1]) >= self.settings.threshold
        self.stayed = self.stayed + 1 if stays else 0
        return self.stayed >= self.settings.patience


def rule(name: str, settings: Settings, seed: int) -> StableRanking | None:
    """The rule of a run: none where its name is `never` or its seed trains to the end."""
    ends = name == "stable_ranking" and seed not in settings.reference_seeds
    return StableRanking(settings) if ends else None


@dataclass(frozen=True)
class Replay:
    """What the rule makes of a run that was trained to the end.

    Attributes:
        column: of the running score.
        ended: epochs after which the rule would have ended it; all of them if it would not.
        epochs: T, all of them.
        agreement: Spearman's correlation of the running scores then and in the end.
    """

    column: str
    ended: int
    epochs: int
    agreement: float


def replay(dynamics: dict[str, np.ndarray], settings: Settings) -> Replay:
    """The rule applied to recorded dynamics, `(N, T)` each."""
    column = settings.column(dynamics)
    series = dynamics[column].astype(np.float64)
    ends, epochs = StableRanking(settings), series.shape[1]
    ended = next((t + 1 for t in range(epochs) if ends({column: series[:, t]})), epochs)
    then, last = running(series[:, :ended]), running(series)
    return Replay(column, ended, epochs, correlation(then, last))


def running(series: np.ndarray) -> np.ndarray:
    """The running score (N,) after the last of some epochs (N, t); 0 where none is defined."""
    known = np.isfinite(series)
    return np.where(known, series, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's correlation of two scores (N,); 0 where a ranking is constant."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    from scipy.stats import spearmanr  # takes a second, and few runs end early

    return float(spearmanr(first, second).statistic)
