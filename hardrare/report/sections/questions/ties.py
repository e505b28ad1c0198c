"""Question 3: how much is tied, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hardrare.report.correlations import Correlations
from hardrare.report.sections.questions.question import Answer, Table
from hardrare.report.words import count, listed, number, percent
from hardrare.tables import Score

QUESTION = "How much is tied?"
HEAVY = 0.1  # share of samples in ties from which a score without labels is listed


@dataclass(frozen=True)
class Ties:
    """Ties of one score: in a single seed (mean over seeds), and of the mean over seeds.

    `single` and `mean` are the share of samples that share their value with another, `block`
    the share of samples at the most frequent value of the mean, `ceiling` the largest
    Spearman correlation that the mean can have with a score without ties.
    """

    name: str
    single: float
    mean: float
    distinct: int
    block: float
    ceiling: float


def ties(score: Score) -> Ties:
    """Ties of a score over its seeds."""
    blocks = np.unique(score.values.mean(axis=0), return_counts=True)[1]
    single = [_share(np.unique(row, return_counts=True)[1]) for row in score.values]
    return Ties(
        name=score.name,
        single=float(np.mean(single)),
        mean=_share(blocks),
        distinct=len(blocks),
        block=float(blocks.max() / blocks.sum()),
        ceiling=ceiling(blocks),
    )


def ceiling(blocks: np.ndarray) -> float:
    """The largest Spearman correlation with an untied score, of N values in blocks of equals.

    An untied order that respects the blocks correlates by the ratio of the two rank
    deviations: sqrt(1 - sum(t^3 - t) / (N^3 - N)) over the block sizes t.

    >>> ceiling(np.array([1, 1, 1])), round(ceiling(np.array([2, 2])), 4)
    (1.0, 0.8944)
    """
    t, n = blocks.astype(np.float64), float(blocks.sum())
    return float(np.sqrt(1 - (t**3 - t).sum() / max(n**3 - n, 1.0)))


def tied(table: Correlations, scores: Sequence[Score]) -> Answer:
    """The ties of the metrics with labels, and the scores without labels that tie heavily."""
    names = {table.names[i] for i in table.references}
    labelled = [ties(score) for score in scores if score.name in names]
    free_names = {table.names[i] for i in table.members("free")}
    free = [ties(score) for score in scores if score.name in free_names]
    labelled, free = (sorted(part, key=_cost) for part in (labelled, free))
    heavy, n = [tie for tie in free if tie.mean >= HEAVY], scores[0].values.shape[1]
    said = _labelled(labelled, n)
    said.append(
        f"Of {count(len(free), 'score')} without labels, {len(heavy)} "
        f"{'ties' if len(heavy) == 1 else 'tie'} {percent(HEAVY)} of the images or more"
        + (f": {listed([tie.name for tie in heavy])}." if 0 < len(heavy) <= 5 else ".")
    )
    note = (
        "Tied: images that share their value with another one. Ceiling: the largest rank "
        "correlation that so tied a score can have with one without ties. Averaging seeds breaks "
        "ties; all correlations on this page are of the averages."
    )
    head = ["score", "tied, one seed", "tied, average", "different values", "largest block"]
    rows, more = ([_row(tie) for tie in part] for part in (labelled, heavy))
    title = f"Scores without labels that tie {percent(HEAVY)} of the images or more"
    if not rows:
        rows, more = more, []
    whole = Table([*head, "ceiling"], rows, (), more, title) if rows else None
    return Answer("q-ties", QUESTION, said, note, whole)


def _labelled(tied: list[Ties], n: int) -> list[str]:
    """How many metrics with labels tie most images, and which it costs most."""
    if not tied:
        return ["No run used labels, so only scores without labels are counted."]
    most, half = tied[0], sum(tie.mean > 0.5 for tie in tied)
    return [
        f"Of {count(len(tied), 'metric')} with labels, {half} "
        f"{'ties' if half == 1 else 'tie'} more than half of the {count(n, 'image')}.",
        f"Ties cost {most.name} most: {percent(most.mean, 1)} of the images share their value "
        f"with another (one seed: {percent(most.single, 1)}), "
        f"{count(most.distinct, 'different value')} in all, the most frequent for "
        f"{percent(most.block, 1)}; its rank correlation with an untied score cannot exceed "
        f"{number(most.ceiling, 3)}.",
    ]


def _cost(ties: Ties) -> tuple[float, float]:
    """Order: the lowest ceiling first, then the most ties."""
    return ties.ceiling, -ties.mean


def _share(blocks: np.ndarray) -> float:
    """Share of values in blocks of more than one."""
    return float(blocks[blocks > 1].sum() / blocks.sum())


def _row(ties: Ties) -> list[str]:
    return [
        *(ties.name, percent(ties.single, 1), percent(ties.mean, 1), f"{ties.distinct:,}"),
        *(percent(ties.block, 1), number(ties.ceiling, 3)),
    ]
