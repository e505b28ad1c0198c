"""When a sample is learned and forgotten without labels, by several columns: a table of metrics.

Each row of `CRITERIA` makes `<name>first_learned_epoch` of the sample's own half and
`<name>forgotten_epoch` of the other one, with docstrings and doctests made from its parts.
"""

import inspect
from dataclasses import dataclass

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import first_learned, forgotten
from hardrare.metrics._series import TEAM12
from hardrare.numerics.declared import Harder

QUANTILE = 0.9  # share of the samples that counts as learned in the end


@dataclass(frozen=True)
class Criterion:
    """A column by which a sample counts as learned.

    Attributes:
        name: what the metrics' names begin with.
        column: of the dynamics, after `first_split_` and `second_split_`.
        symbol: of its value, in formulas.
        subject: what it is.
        meaning: what one value is, with its range.
        learned_is_low: whether low values are learned.
        harder: declared ends, of the epoch of learning and of forgetting.
        words: what learned looks like, for readers.
    """

    name: str
    column: str
    symbol: str
    subject: str
    meaning: str
    learned_is_low: bool
    harder: tuple[Harder, Harder]
    words: str


CRITERIA = (
    Criterion(
        "", "loss", "L", "loss", "per-sample loss of the objective", True, ("high", "low"),
        "low loss",
    ),
    Criterion(
        "ssim_", "ssim", "S", "structural similarity",
        "structural similarity of image and reconstruction, -1..1", False, ("high", "low"),
        "high SSIM",
    ),
    Criterion(
        "alignment_", "alignment", "C", "self-correlation of the two views",
        "cosine of the two views' standardised projections, -1..1", False, ("high", "low"),
        "high alignment of two views (self-correlation)",
    ),
    Criterion(
        "cross_correlation_", "cross_correlation", "X", "cross-correlation with other samples",
        "mean squared cosine to the other samples, 0..1", True, ("open", "open"),
        "low correlation with other samples",
    ),
)  # fmt: skip
LEARNED = """The epoch from which the sample's {subject} stays {learned}.

score = min{{t : {s}_t' {at_most} threshold at every t' >= t}} while training on its own half,
epochs from 1; threshold = the {quantile} of {s} at the last epoch,
over all samples. It looks at all samples: score whole runs, not blocks of rows.
T1 + 1 = not learned at the last epoch. An undefined epoch is not learned.

Args:
    first_split_{column}: `(N, T1)` {meaning}.
    learned_quantile: share of the samples that counts as learned in the end, 0..1.

Returns:
    `(N,)`, whole numbers 1..T1+1.

Example:
    >>> column = {sign}np.array([[4.0, 1.0, 1.0], [1.0, 4.0, 2.0], [4.0, 4.0, 4.0]])
    >>> {name}first_learned_epoch(column, learned_quantile=0.5).tolist()
    [2.0, 3.0, 4.0]
"""
FORGOTTEN = """The epoch from which the sample's {subject} stays {forgotten}.

score = min{{t : {s}_t' {above} threshold at every t' >= t}} while training on the other half,
epochs from 1; threshold = the {quantile} of the first split's last {s},
over all samples. It looks at all samples: score whole runs, not blocks of rows.
T2 + 1 = never forgotten. An undefined epoch is not forgotten.

Args:
    first_split_{column}: `(N, T1)` {meaning}.
    second_split_{column}: `(N, T2)` the same while the other half is trained on.
    learned_quantile: share of the samples that counts as learned in the end, 0..1.

Returns:
    `(N,)`, whole numbers 1..T2+1.

Example:
    >>> before = {sign}np.array([[4.0, 1.0], [1.0, 2.0], [4.0, 4.0]])
    >>> after = {sign}np.array([[1.0, 3.0, 3.0], [3.0, 2.0, 2.0], [4.0, 4.0, 4.0]])
    >>> {name}forgotten_epoch(before, after, learned_quantile=0.5).tolist()
    [2.0, 4.0, 1.0]
"""


def _document(template: str, of: Criterion) -> str:
    """The docstring of a metric, with a doctest."""
    low = of.learned_is_low
    return template.format(
        name=of.name, column=of.column, s=of.symbol, subject=of.subject, meaning=of.meaning,
        learned="low" if low else "high", forgotten="high" if low else "low",
        at_most="<=" if low else ">=", above=">" if low else "<", sign="" if low else "-",
        quantile="learned_quantile" if low else "(1 - learned_quantile)-quantile",
    )  # fmt: skip


def _register(of: Criterion) -> None:
    """Make both metrics of a criterion and register them."""
    sign = 1.0 if of.learned_is_low else -1.0

    def learned_at(first_split: np.ndarray, *, learned_quantile: float = QUANTILE) -> np.ndarray:
        return first_learned(sign * np.asarray(first_split, np.float64), learned_quantile)

    def forgotten_at(
        first_split: np.ndarray, second_split: np.ndarray, *, learned_quantile: float = QUANTILE
    ) -> np.ndarray:
        first, second = (sign * np.asarray(v, np.float64) for v in (first_split, second_split))
        return forgotten(first, second, learned_quantile)

    parts = ("first_split_", "second_split_")
    for function, name, text, read, harder in (
        (learned_at, "first_learned_epoch", LEARNED, parts[:1], of.harder[0]),
        (forgotten_at, "forgotten_epoch", FORGOTTEN, parts, of.harder[1]),
    ):
        function.__name__ = function.__qualname__ = of.name + name
        function.__doc__ = _document(text, of)
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        setting = inspect.signature(function).parameters["learned_quantile"]
        columns = [inspect.Parameter(f"{part}{of.column}", kind) for part in read]
        function.__signature__ = inspect.Signature([*columns, setting])
        metric(unit="epoch", harder=harder, source=TEAM12)(function)


for criterion in CRITERIA:
    _register(criterion)
