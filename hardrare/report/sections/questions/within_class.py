"""Question 4: which correlations change from all images to the images of one class."""

import numpy as np

from hardrare.report.correlations import Correlations
from hardrare.report.sections.questions.question import NO_LABELS, Answer, Table, triple
from hardrare.report.words import count, number

QUESTION = "What changes within a class?"
HEAD = ["with labels", "other score", "pooled", "within class", "change", "sign"]
NOTE = (
    "The class is the given label, wrong ones included. Shown are the largest changes; of scores "
    "of one run that nearly copy each other, one stands for all."
)
SHOWN = 12


def within(table: Correlations, classes: int) -> Answer:
    """The pairs whose correlation changes most from pooled to within class.

    Pairs of a metric with labels and another score, near copies of one run once.
    """
    if not table.references:
        return Answer("q-within", QUESTION, [NO_LABELS])
    a, b = _pairs(table)
    if not len(a):
        said = "No pair of scores has a correlation within class in this study."
        return Answer("q-within", QUESTION, [said])
    pooled, inside = table.pooled[:, a, b], table.within[:, a, b]
    change, turned = inside[0] - pooled[0], turns(pooled, inside)
    rows = [
        [
            *(table.names[a[i]], table.names[b[i]], triple(pooled[:, i]), triple(inside[:, i])),
            *(number(change[i]), "turns" if turned[i] else ""),
        ]
        for i in np.argsort(-np.abs(change), kind="stable")[:SHOWN]
    ]
    said = _said(table, pooled, inside, classes)
    return Answer("q-within", QUESTION, said, NOTE, Table(HEAD, rows, (1, 5)))


def turns(pooled: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Where the sign turns with both intervals away from 0.

    Args:
        pooled: `(3, P)` value, low and high end over all samples.
        inside: the same within class.
    """
    sure = (pooled[1] * pooled[2] > 0) & (inside[1] * inside[2] > 0)
    return sure & (pooled[0] * inside[0] < 0)


def _said(table: Correlations, pooled: np.ndarray, inside: np.ndarray, classes: int) -> list[str]:
    """How many pairs change, and the usual size in both views."""
    clear = (pooled[1] > inside[2]) | (pooled[2] < inside[1])
    sizes = [number(np.median(np.abs(values[0]))) for values in (pooled, inside)]
    return [
        f"Of {count(pooled.shape[1], 'pair')} of a metric with labels and another score, the sign "
        f"turns in {turns(pooled, inside).sum()} with both intervals away from 0, and in "
        f"{clear.sum()} the pooled and the within-class interval do not overlap "
        f"({count(table.samples['within_class'], 'image')} in "
        f"{count(classes, 'class', 'classes')}).",
        f"The median size is {sizes[0]} pooled and {sizes[1]} within class; what differs between "
        "classes counts for the first only.",
    ]


def _pairs(table: Correlations) -> tuple[np.ndarray, np.ndarray]:
    """Positions of each metric with labels and each other score, where both views are defined."""
    references = table.distinct(table.references)
    others = [*table.distinct(table.members("free")), *table.members("pixels")]
    pairs = [(i, j) for i in references for j in others]
    pairs += [(i, j) for at, i in enumerate(references) for j in references[at + 1 :]]
    a, b = np.array(pairs, int).reshape(-1, 2).T
    known = np.isfinite(table.pooled[0][a, b] + table.within[0][a, b])
    return a[known], b[known]
