"""Generic metrics as a table: a column of the dynamics x a reduction x a window of epochs.

`SERIES` says which reductions of which column are scores, each with its declared harder end.
Names, docstrings and doctests are made from the parts: a metric is called `<series>_<reduction>`
or `<series>_<reduction>_<window>`. A definition that somebody published has a file of its own
beside this one.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._ends import discrepancy
from hardrare.metrics._series import SERIES, Series
from hardrare.numerics import epochs
from hardrare.numerics.declared import Harder


@dataclass(frozen=True)
class Reduction:
    """A reduction of a series; `{s}` in `formula` stands for the symbol, `{k}` for the start.

    Attributes:
        function: `(N, T)` to `(N,)`.
        words: what comes before the subject in the first line.
        formula: of the score.
        rule: what is made of epochs that are not defined.
        example: what it gives of the values 1, 3 and one that is not defined.
        power: of the unit.
        bounds: of the score, None for those of one value.
    """

    function: Callable[[np.ndarray], np.ndarray]
    words: str
    formula: str
    rule: str
    example: float
    power: int = 1
    bounds: str | None = None


LEFT_OUT = "Epochs that are NaN are left out; a sample without any defined epoch scores 0."
REPLACED = (
    "An undefined first epoch is replaced by the next defined one, an undefined last one by the\n"
    "last defined one; a sample without any defined epoch scores 0."
)
REDUCTIONS = {
    "mean": Reduction(epochs.mean, "Mean", "mean_t {s}", LEFT_OUT, 2.0),
    "sum": Reduction(epochs.total, "Sum", "sum_t {s}", LEFT_OUT, 4.0),
    "std": Reduction(
        epochs.std, "Standard deviation", "sqrt(mean_t ({s} - mean_t {s})^2) (population form)",
        LEFT_OUT, 1.0, bounds="0 upwards",
    ),
    "var": Reduction(
        epochs.variance, "Variance", "mean_t ({s} - mean_t {s})^2 (population form)",
        LEFT_OUT, 1.0, power=2, bounds="0 upwards",
    ),
    "last": Reduction(
        epochs.last, "Last value", "{s} at the last defined epoch",
        "A sample without any defined epoch scores 0.", 3.0,
    ),
    "diff": Reduction(
        lambda series: epochs.last(series) - epochs.first(series), "Change from first to last",
        "{s} at the last epoch - {s} at the first: below 0 where it fell", REPLACED, 2.0,
        bounds="either sign",
    ),
    "discrepancy": Reduction(
        discrepancy, "Start against end",
        "mean({s} over the first m) - mean({s} over the last m), m = min(5, n // 2), at least 1,\n"
        "of the n defined epochs",
        "With one defined epoch or none the score is 0.", -2.0, bounds="either sign",
    ),
}  # fmt: skip
# Where the epochs of a metric begin, k of T: how they are cut, words, and a series with more
# epochs that are cut off.
WINDOWS = {
    "": (np.asarray, "", "[[1.0, 3.0, np.nan]]"),
    "from_thirtieth": (
        epochs.from_thirtieth,
        ",\nover t = k, ..., T - 1, k = T // 30 (20 of 600)",
        "[[9.0, 1.0, 3.0] + [np.nan] * 27]",
    ),
    "from_twelfth": (
        epochs.from_twelfth,
        ",\nover t = k, ..., T - 1, k = T // 12 (50 of 600)",
        "[[9.0, 1.0, 3.0] + [np.nan] * 9]",
    ),
}


def _document(name: str, series: Series, reduction: Reduction, window: str) -> str:
    """The docstring of a metric, with a doctest."""
    formula = reduction.formula.replace("_t ", f"_{series.index} ").format(s=series.symbol)
    over = "epochs" if series.index == "t" else "the snapshots of training"
    _, start, example = WINDOWS[window]
    part = f", after the first {window.rpartition('_')[2]}" if window else ""
    return f"""{reduction.words} of {series.subject} over {over}{part}.

score = {formula}{start}.
{reduction.rule}

Args:
    {series.column}: `(N, {series.index.upper()})` {series.meaning}.

Returns:
    `(N,)`, {reduction.bounds or series.bounds}.

Example:
    >>> {name}(np.array({example})).tolist()
    [{reduction.example}]
"""


def _register(series: Series, kind: str, harder: Harder) -> None:
    """Make one metric and register it."""
    name, (reduced, _, window) = f"{series.name}_{kind}", kind.partition("_")
    reduction, cut = REDUCTIONS[reduced], WINDOWS[window][0]

    def function(values: np.ndarray) -> np.ndarray:
        return reduction.function(cut(values))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _document(name, series, reduction, window)
    parameter = inspect.Parameter(series.column, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    function.__signature__ = inspect.Signature([parameter])
    unit = series.unit
    if reduction.power == 2:
        unit = f"({unit})^2" if "^" in unit else f"{unit}^2"
    signal = series.signal.get(kind, "")
    metric(unit=unit, harder=harder, source=series.source, signal=signal)(function)


for entry in SERIES:
    for kind, harder in entry.harder.items():
        _register(entry, kind, harder)
