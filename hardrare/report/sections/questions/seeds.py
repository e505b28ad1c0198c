"""Question 7: how many seeds a stable ranking takes."""

import math

import numpy as np

from hardrare.report.correlations import Correlations
from hardrare.report.sections.questions.question import Answer, Table, triple
from hardrare.report.stability import Stable
from hardrare.report.words import count, number, percent

QUESTION = "How many seeds does a stable ranking by each metric with labels take?"
TARGET = 0.95
HEAD = ["metric", "two seeds", "shared top tenth", "reliability", f"seeds for {TARGET}"]
NOTE = (
    "Reliability: the rank correlation that two repetitions of the whole study would show, by "
    "Spearman–Brown from the mean correlation of two seeds. Intervals (95 %) are over images, "
    "as if there were one pair of seeds; how much pairs of seeds differ they do not say."
)
MANY = 1000  # seeds; more are not counted out


def seeds(table: Correlations, stable: list[Stable], size: int) -> Answer:
    """The seeds that each metric with labels needs for a reliability of `TARGET`."""
    names = {table.names[i] for i in table.references}
    if not names:
        said = "No run used labels, so there is no metric with labels to repeat."
        return Answer("q-seeds", QUESTION, [said])
    repeated = [
        stability
        for stability in stable
        if stability.score in names and math.isfinite(stability.spearman)
    ]
    if not repeated:
        said = "The runs with labels have one seed, so nothing can be said: add seeds under "
        return Answer("q-seeds", QUESTION, [f"{said}supervise.seeds."])
    enough = sum(stability.reliability >= TARGET for stability in repeated)
    needed = np.array([stability.needed for stability in repeated])
    most, least = repeated[int(needed.argmax())], repeated[int(needed.argmin())]
    said = [
        f"With the study's {count(repeated[0].seeds, 'seed')}, {enough} of "
        f"{count(len(repeated), 'metric')} with labels "
        f"{'reaches' if enough == 1 else 'reach'} a reliability of {TARGET} "
        f"({count(size, 'image')}).",
        f"The median metric needs {_count(float(np.median(needed)))}; fewest {least.score} with "
        f"{_count(least.needed)}, most {most.score} with {_count(most.needed)}.",
    ]
    rows = [
        _row(stability)
        for stability in sorted(repeated, key=lambda stability: (stability.needed, stability.score))
    ]
    return Answer("q-seeds", QUESTION, said, NOTE, Table(HEAD, rows))


def _count(needed: float) -> str:
    """Seeds in words."""
    if needed > MANY:
        return f"more than {MANY:,} seeds"
    return count(math.ceil(needed), "seed")


def _row(row: Stable) -> list[str]:
    between = f"[{_short(row.needed_low)}, {_short(row.needed_high)}]"
    return [
        *(row.score, triple((row.spearman, row.low, row.high)), percent(row.overlap)),
        *(number(row.reliability), f"{_short(row.needed)} {between}"),
    ]


def _short(needed: float) -> str:
    return f"> {MANY:,}" if needed > MANY else f"{needed:.0f}"
