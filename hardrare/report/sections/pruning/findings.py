"""Which arms differ from random pruning at equal steps."""

from collections.abc import Iterable

import numpy as np

from hardrare.report.read import Study
from hardrare.report.section import Finding
from hardrare.report.sections.pruning.arms import VIEWS, Arm, arms
from hardrare.report.words import count, interval


def findings(study: Study) -> Iterable[Finding]:
    """Which arms differ from random pruning at equal steps."""
    rows = [
        arm for arm in study.once(arms) if arm.view == VIEWS[0] and np.isfinite(arm.difference[0])
    ]
    parts = [arm for arm in rows if arm.name != "full"]
    if not parts:
        return []
    better = sum(arm.difference[1] > 0 for arm in parts)
    worse = sum(arm.difference[2] < 0 for arm in parts)
    best, last = max(parts, key=_gain), min(parts, key=_gain)
    said = [
        f"At equal optimizer steps, {better} of {count(len(parts), 'pruned arm')} "
        f"{'is' if better == 1 else 'are'} better than random pruning and {worse} worse, by 95 % "
        f"intervals over {count(best.seeds, 'seed')} that leave out zero.",
    ]
    ends = [f"Highest: {study.arm_name(best.name)}, {_points(best)}"]
    ends += [f"lowest: {study.arm_name(last.name)}, {_points(last)}"] if last is not best else []
    said.append("; ".join(ends) + ".")
    said += [
        f"All samples instead of the pruned ones: {_points(arm)}."
        for arm in rows
        if arm.name == "full"
    ]
    return [Finding("Pruned retraining", said)]


def _gain(arm: Arm) -> float:
    return arm.difference[0]


def _points(arm: Arm) -> str:
    return f"{interval(*arm.difference)} percentage points"
