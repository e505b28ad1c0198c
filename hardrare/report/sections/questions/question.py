"""A question of a reader, with its computed answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hardrare.report.words import interval

NO_LABELS = "No run used labels, so there is no metric with labels to compare with."


@dataclass(frozen=True)
class Table:
    """Cells as readers see them; the first column names the row.

    `texts` are the columns, besides the first, that hold words and not numbers. The rows
    `more` are shown on demand, under the words `more_title`.
    """

    head: list[str]
    rows: list[list[str]]
    texts: tuple[int, ...] = ()
    more: list[list[str]] = field(default_factory=list)
    more_title: str = ""


@dataclass(frozen=True)
class Answer:
    """A question, the sentences of its answer, what the table shows, and the table."""

    anchor: str
    question: str
    sentences: list[str]
    note: str = ""
    table: Table | None = None


def triple(values: Sequence[float]) -> str:
    """A value with its 95 % interval.

    >>> triple((0.5, 0.4, 0.6))
    '0.50 [0.40, 0.60]'
    """
    return interval(*values)


def apart(low: float, high: float, value: float = 0.0) -> bool:
    """Whether an interval leaves out a value; an undefined one does not."""
    return bool(low > value or high < value)
