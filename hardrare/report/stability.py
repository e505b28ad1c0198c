"""How alike the seeds of a score rank the samples, as rows for the page."""

import math
from dataclasses import dataclass

from hardrare.report.read import Study


@dataclass(frozen=True)
class Stable:
    """One score of several seeds, as the table of stability has it.

    `correlation` is the mean rank correlation of two seeds (95 % interval over samples: `low`
    to `high`), `overlap` the mean overlap of their top tenths (0..1), `reliability` that of the
    mean over the study's `seeds`, `needed` the seeds for a reliability of 0.95 (`needed_low` to
    `needed_high` by the interval); NaN for a constant score, infinite where the seeds do not
    agree.
    """

    name: str
    group: str
    family: str
    seeds: int
    correlation: float
    low: float
    high: float
    overlap: float
    overlap_low: float
    overlap_high: float
    reliability: float
    needed: float
    needed_low: float
    needed_high: float
    n: int


def stable_rows(study: Study) -> list[Stable]:
    """Scores of more than one seed, the most repeatable first, undefined ones last."""
    rows = []
    for row in study.frame("verdicts/stability", "stability/1").iter_rows(named=True):
        name, correlation = row.pop("score"), row.pop("spearman")
        if row["seeds"] > 1:
            rows.append(Stable(name, study.group(name), correlation=correlation, **row))
    return sorted(rows, key=lambda row: (math.isnan(row.correlation), -row.correlation))
