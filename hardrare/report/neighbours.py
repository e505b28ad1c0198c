"""Questions 2 and 4: the nearest scores without labels, and what changes within a class."""

import numpy as np

from hardrare.report.correlations import Correlations, Nearest, nearest
from hardrare.report.question import Answer, Table, apart, percent, triple
from hardrare.report.words import count, number

NEAREST = "Which score without labels is nearest to each?"
WITHIN = "What changes within a class?"
NEAR = 0.5  # size of a correlation that is worth the word
SHOWN = 12
NONE = "No run used labels, so there is no metric with labels to compare with."


def near(table: Correlations) -> Answer:
    """For each metric with labels the score without that correlates most, in three views."""
    found = [(i, nearest(table, i, "free"), nearest(table, i, "pixels")) for i in table.references]
    found = [(i, free, pixel) for i, free, pixel in found if free]
    if not found:
        return Answer("q-nearest", NEAREST, [NONE])
    found.sort(key=lambda one: -abs(one[1].pooled[0]))
    sure = sum(_size(free) >= NEAR for _, free, _ in found)
    pixels = sum(bool(p) and abs(p.pooled[0]) >= abs(f.pooled[0]) for _, f, p in found)
    kept = [abs(f.given[0]) / abs(f.pooled[0]) for _, f, _ in found if np.isfinite(f.given[0])]
    said = [
        f"Of {count(len(found), 'metric')} with labels, {sure} "
        f"{'has' if sure == 1 else 'have'} a score without labels whose rank correlation is "
        f"{NEAR} or more in size with its whole 95 % interval "
        f"({count(table.samples['pooled'], 'image')}, the nearest of "
        f"{count(len(table.members('free')), 'score')}).",
        f"For {pixels} of them a pixel statistic is at least as near.",
    ]
    if kept:
        said.append(
            f"Once the pixel statistics are accounted for, the median metric keeps "
            f"{percent(float(np.median(kept)))} of the size of its correlation."
        )
    head = ["with labels", "nearest without", "pooled", "within class", "given pixels"]
    head += ["nearest pixel statistic", "pooled"]
    others = [i for i in table.members("labelled") if i not in table.references]
    more = [(i, nearest(table, i, "free"), nearest(table, i, "pixels")) for i in others]
    more = sorted((one for one in more if one[1]), key=lambda one: -abs(one[1].pooled[0]))
    rows, rest = ([_row(table, *one) for one in part] for part in (found, more))
    note = (
        "Of either sign, chosen by the pooled size after the fact: expect somewhat less elsewhere."
    )
    title = f"The other {count(len(rest), 'score')} of networks with labels"
    return Answer("q-nearest", NEAREST, said, note, Table(head, rows, (1, 5), rest, title))


def within(table: Correlations, classes: int) -> Answer:
    """The pairs whose correlation changes most from pooled to within class.

    Pairs of a metric with labels and another score, near copies of one run once.
    """
    if not table.references:
        return Answer("q-within", WITHIN, [NONE])
    a, b = _pairs(table)
    known = np.isfinite(table.pooled[0][a, b] + table.within[0][a, b])
    a, b = a[known], b[known]
    if not len(a):
        said = "No pair of scores has a correlation within class in this study."
        return Answer("q-within", WITHIN, [said])
    pooled, inside = table.pooled[:, a, b], table.within[:, a, b]
    change = inside[0] - pooled[0]
    turned = (pooled[1] * pooled[2] > 0) & (inside[1] * inside[2] > 0) & (pooled[0] * inside[0] < 0)
    clear = (pooled[1] > inside[2]) | (pooled[2] < inside[1])
    said = [
        f"Of {count(len(a), 'pair')} of a metric with labels and another score, the sign turns in "
        f"{int(turned.sum())} with both intervals away from 0, and in {int(clear.sum())} the "
        f"pooled and the within-class interval do not overlap "
        f"({count(table.samples['within_class'], 'image')} in "
        f"{count(classes, 'class', 'classes')}).",
        f"The median size is {number(np.median(np.abs(pooled[0])))} pooled and "
        f"{number(np.median(np.abs(inside[0])))} within class; what differs between classes "
        "counts for the first only.",
    ]
    order = np.argsort(-np.abs(change), kind="stable")
    rows = [
        [
            *(table.names[a[i]], table.names[b[i]], triple(pooled[:, i]), triple(inside[:, i])),
            *(number(change[i]), "turns" if turned[i] else ""),
        ]
        for i in order[:SHOWN]
    ]
    note = (
        "The class is the given label, wrong ones included. Shown are the largest changes; of "
        "scores of one run that nearly copy each other, one stands for all."
    )
    head = ["with labels", "other score", "pooled", "within class", "change", "sign"]
    return Answer("q-within", WITHIN, said, note, Table(head, rows, (1, 5)))


def _pairs(table: Correlations) -> tuple[np.ndarray, np.ndarray]:
    """Positions of each metric with labels and each other score, near copies once."""
    references = table.distinct(table.references)
    others = [*table.distinct(table.members("free")), *table.members("pixels")]
    pairs = [(i, j) for i in references for j in others]
    pairs += [(i, j) for at, i in enumerate(references) for j in references[at + 1 :]]
    return tuple(np.array(pairs, int).reshape(-1, 2).T)


def _size(one: Nearest) -> float:
    """The least size of a correlation inside its interval."""
    _, low, high = one.pooled
    return min(abs(low), abs(high)) if apart(low, high) else 0.0


def _row(table: Correlations, i: int, free: Nearest, pixel: Nearest | None) -> list[str]:
    """A metric with its nearest scores."""
    views = [triple(view) for view in (free.pooled, free.within, free.given)]
    last = [pixel.name.partition("/")[2], triple(pixel.pooled)] if pixel else ["–", "–"]
    return [table.names[i], free.name, *views, *last]
