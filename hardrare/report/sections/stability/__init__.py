"""Whether training again ranks the images alike."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from hardrare.report.read import Study
from hardrare.report.section import Finding, Section
from hardrare.report.stability import Stable, stable_rows
from hardrare.report.words import count, number

SHOWN = 12  # scores, before the rest is folded away


def _tables(study: Study) -> Mapping[str, Any]:
    return {"stable": split(study.once(stable_rows))}


def split(stable: list[Stable]) -> tuple[list[Stable], list[Stable]]:
    """The most repeatable scores without labels, and all others."""
    shown = [row for row in stable if row.group == "free"][:SHOWN]
    return shown, [row for row in stable if row not in shown]


def findings(study: Study) -> Iterable[Finding]:
    """How alike the seeds rank the samples."""
    stable = study.once(stable_rows)
    free = [
        stability
        for stability in stable
        if stability.group == "free" and np.isfinite(stability.spearman)
    ]
    if not free:
        return []
    values = np.array([stability.spearman for stability in free])
    worst, best = free[int(values.argmin())], free[int(values.argmax())]
    said = Finding(
        "Between seeds",
        [
            f"The rank correlation of two seeds of one score without labels has median "
            f"{number(np.median(values))} over {count(len(free), 'score')}: from "
            f"{number(worst.spearman)} ({worst.score}) to {number(best.spearman)} "
            f"({best.score}).",
        ],
    )
    return [said]


SECTION = Section("Stability", 110, _tables, findings=findings)
