"""How alike the seeds of a score rank the samples, as rows for the page."""

import math
from dataclasses import dataclass

from hardrare.agreement.stability import Stability
from hardrare.report.read import Study


@dataclass(frozen=True)
class Stable(Stability):
    """The repeatability of a score, and the group that its colour says on the page."""

    group: str


def stable_rows(study: Study) -> list[Stable]:
    """Scores of more than one seed, the most repeatable first, undefined ones last."""
    rows = [
        Stable(**row, group=study.group(row["score"]))
        for row in study.frame("verdicts/stability", "stability/1").iter_rows(named=True)
        if row["seeds"] > 1
    ]
    return sorted(rows, key=lambda row: (math.isnan(row.spearman), -row.spearman))
