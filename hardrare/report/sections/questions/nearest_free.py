"""Question 2: for each metric with labels the nearest score without, in three views."""

import numpy as np

from hardrare.report.correlations import Correlations, Nearest, nearest
from hardrare.report.sections.questions.question import NO_LABELS, Answer, Table, apart, triple
from hardrare.report.words import count, percent

QUESTION = "Which score without labels is nearest to each?"
HEAD = ["with labels", "nearest without", "pooled", "within class", "given pixels"]
PIXELS = ["nearest pixel statistic", "pooled"]
NOTE = "Of either sign, chosen by the pooled size after the fact: expect somewhat less elsewhere."
NEAR = 0.5  # size of a correlation that is worth the word
Nearby = tuple[
    int, Nearest, Nearest | None
]  # score with labels, nearest without, nearest of pixels


def near(table: Correlations) -> Answer:
    """For each metric with labels the score without that correlates most, either sign."""
    pairs = _nearby(table, table.references)
    if not pairs:
        return Answer("q-nearest", QUESTION, [NO_LABELS])
    others = [i for i in table.members("labelled") if i not in table.references]
    rows = [_row(table, *pair) for pair in pairs]
    more = [_row(table, *pair) for pair in _nearby(table, others)]
    title = f"The other {count(len(more), 'score')} of networks with labels"
    whole = Table([*HEAD, *PIXELS], rows, (1, 5), more, title)
    return Answer("q-nearest", QUESTION, _said(table, pairs), NOTE, whole)


def _nearby(table: Correlations, among: list[int]) -> list[Nearby]:
    """Scores with their nearest ones, the closest first."""
    pairs = [(i, nearest(table, i, "free"), nearest(table, i, "pixels")) for i in among]
    return sorted((pair for pair in pairs if pair[1]), key=lambda pair: -abs(pair[1].pooled[0]))


def _said(table: Correlations, pairs: list[Nearby]) -> list[str]:
    """How near the nearest are, and how much of it the pixels account for."""
    sure = sum(_size(free) >= NEAR for _, free, _ in pairs)
    pixels = sum(bool(p) and abs(p.pooled[0]) >= abs(f.pooled[0]) for _, f, p in pairs)
    kept = [abs(f.given[0] / f.pooled[0]) for _, f, _ in pairs if np.isfinite(f.given[0])]
    said = [
        f"Of {count(len(pairs), 'metric')} with labels, {sure} {'has' if sure == 1 else 'have'} a "
        f"score without labels whose rank correlation is {NEAR} or more in size with its whole "
        f"95 % interval ({count(table.samples['pooled'], 'image')}, the nearest of "
        f"{count(len(table.members('free')), 'score')}).",
        f"For {pixels} of them a pixel statistic is at least as near.",
    ]
    if kept:
        said.append(
            f"Once the pixel statistics are accounted for, the median metric keeps "
            f"{percent(float(np.median(kept)))} of the size of its correlation."
        )
    return said


def _size(free: Nearest) -> float:
    """The least size of a correlation inside its interval."""
    _, low, high = free.pooled
    return min(abs(low), abs(high)) if apart(low, high) else 0.0


def _row(table: Correlations, i: int, free: Nearest, pixel: Nearest | None) -> list[str]:
    """A metric with its nearest scores."""
    views = [triple(view) for view in (free.pooled, free.within, free.given)]
    last = [pixel.name.partition("/")[2], triple(pixel.pooled)] if pixel else ["–", "–"]
    return [table.names[i], free.name, *views, *last]
