"""How alike the seeds of a score rank the samples, as rows for the page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hardrare.report.study import Study


class Measured(Protocol):
    """One score's repeatability, as `hardrare.agreement.stability` measures it."""

    score: str
    seeds: int
    spearman: float
    low: float
    high: float
    overlap: float
    reliability: float
    needed: float
    needed_low: float
    needed_high: float


@dataclass(frozen=True)
class Stable:
    """One score of several seeds.

    `correlation` is the mean rank correlation of two seeds (95 % interval over samples: `low`
    to `high`), `overlap` the mean overlap of their top tenths (0..1), `reliability` that of the
    mean over the study's `seeds`, `needed` the seeds for a reliability of 0.95 (`needed_low` to
    `needed_high` by the interval); NaN for a constant score, infinite where the seeds do not
    agree.
    """

    name: str
    group: str
    seeds: int
    correlation: float
    low: float
    high: float
    overlap: float
    reliability: float
    needed: float
    needed_low: float
    needed_high: float


def stable_rows(study: Study, measured: Sequence[Measured]) -> list[Stable]:
    """Scores of more than one seed, the most repeatable first, undefined ones last."""
    rows = [
        Stable(
            *(one.score, study.group(one.score), one.seeds, one.spearman, one.low, one.high),
            *(one.overlap, one.reliability, one.needed, one.needed_low, one.needed_high),
        )
        for one in measured
        if one.seeds > 1
    ]
    return sorted(rows, key=lambda row: (math.isnan(row.correlation), -row.correlation))
