"""Question 1: which metrics with labels agree with each other."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from hardrare.report.correlations import Correlations
from hardrare.report.sections.questions.question import Answer, Table, triple
from hardrare.report.words import count, number

TOGETHER = 0.7  # two groups are joined while the mean size of the correlation between is as large
QUESTION = "Which metrics with labels agree with each other?"
INSIDE = ["group", "metrics", "mean size inside", "weakest pair inside"]
HEAD = [*INSIDE, "nearest outside", "correlation"]
NOTE = (
    f"Groups: average linkage on 1 − |Spearman|, joined while the mean size between them is at "
    f"least {TOGETHER}. (−): ranks the images the other way round than the first of its group, "
    "once each score is turned to its declared harder end."
)


@dataclass(frozen=True)
class Group:
    """Metrics that agree: `members` by their mean correlation inside, `turned` the reversed."""

    members: list[int]
    turned: list[bool]


def groups(value: np.ndarray, members: list[int], sign: np.ndarray) -> list[Group]:
    """Groups by average linkage on 1 - |correlation|, cut where the mean size is `TOGETHER`.

    Args:
        value: `(M, M)` correlations, defined among the members.
        members: positions of the metrics.
        sign: `(M,)` -1 where the declared harder end is the low one, else 1.

    Returns:
        The largest group first; inside each, the one most like the others first.
    """
    if len(members) < 2:
        return [Group(members, [False])] if members else []
    size = np.abs(value[np.ix_(members, members)])
    distance = squareform(np.clip(1 - size, 0, None), checks=False)
    of = fcluster(linkage(distance, "average"), 1 - TOGETHER, "distance")
    grouped = []
    for which in np.unique(of):
        inside = np.flatnonzero(of == which)
        order = np.argsort(-size[np.ix_(inside, inside)].mean(axis=0), kind="stable")
        ordered = [members[i] for i in inside[order]]
        first = ordered[0]
        turned = [bool(value[first, i] * sign[first] * sign[i] < 0) for i in ordered]
        grouped.append(Group(ordered, turned))
    return sorted(grouped, key=lambda group: (-len(group.members), min(group.members)))


def agree(table: Correlations, harder: Mapping[str, str]) -> Answer:
    """The groups as an answer; `harder` is each score's declared harder end."""
    known = [i for i in table.references if np.isfinite(table.value[i, i])]
    if len(known) < 2:
        said = f"{'One metric' if known else 'No metric'} that only labels allow is in this study, "
        return Answer("q-groups", QUESTION, [f"{said}so there is nothing to compare."])
    sign = np.array([-1 if harder[name] == "low" else 1 for name in table.names])
    grouped = groups(table.value, known, sign)
    alone = sum(len(group.members) == 1 for group in grouped)
    block = np.abs(table.value[np.ix_(known, known)])[np.triu_indices(len(known), 1)]
    said = [
        f"{count(len(known), 'metric')} that only labels allow, compared on "
        f"{count(table.samples['pooled'], 'image')}: {count(len(grouped) - alone, 'group')} of "
        f"metrics that agree, and {alone} that {'stands' if alone == 1 else 'stand'} alone.",
        f"Over all {count(len(block), 'pair')} the size of the rank correlation has median "
        f"{number(np.median(block))}, from {number(block.min())} to {number(block.max())}.",
    ]
    if left := len(table.references) - len(known):
        said.append(f"Left out as the same for all images: {left}.")
    rows = [_row(table, group, known) for group in grouped]
    return Answer("q-groups", QUESTION, said, NOTE, Table(HEAD, rows, (4,)))


def _row(table: Correlations, group: Group, known: list[int]) -> list[str]:
    """One group: its members, how well they agree, and the nearest metric outside."""
    members, value = group.members, np.abs(table.value)
    names = [
        f"{table.names[i]}{' (−)' if turned else ''}"
        for i, turned in zip(members, group.turned, strict=True)
    ]
    a, b = (np.array(members)[axis] for axis in np.triu_indices(len(members), 1))
    mean, weakest = "–", "–"
    if len(a):
        at = int(value[a, b].argmin())
        mean, weakest = number(value[a, b].mean()), triple(table.pooled[:, a[at], b[at]])
    others = [i for i in known if i not in members]
    if not others:
        return [", ".join(names), str(len(members)), mean, weakest, "–", "–"]
    near = value[np.ix_(members, others)]
    i, j = np.unravel_index(int(near.argmax()), near.shape)
    outside = triple(table.pooled[:, members[i], others[j]])
    return [
        *(", ".join(names), str(len(members)), mean, weakest),
        *(table.names[others[j]], outside),
    ]
