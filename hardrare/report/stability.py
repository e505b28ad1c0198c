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
    overlap: float
    needed: float


@dataclass(frozen=True)
class Stable:
    """One score of several seeds.

    `correlation` is the mean rank correlation of two seeds, `overlap` the mean overlap of
    their top tenths (0..1), `needed` the seeds for a reliability of 0.95; NaN for a constant
    score, `needed` infinite where the seeds do not agree.
    """

    name: str
    group: str
    correlation: float
    overlap: float
    needed: float


def stable_rows(study: Study, measured: Sequence[Measured]) -> list[Stable]:
    """Scores of more than one seed, the most repeatable first, undefined ones last."""
    rows = [
        Stable(one.score, study.group(one.score), one.spearman, one.overlap, one.needed)
        for one in measured
        if one.seeds > 1
    ]
    return sorted(rows, key=lambda row: (math.isnan(row.correlation), -row.correlation))
