"""Numbers for `dvc metrics` (plain) and for `dvc plots` (small CSV files)."""

import csv
import io
import math
from typing import Any


def plain(value: float) -> float | None:
    """A number that JSON can hold, six significant digits.

    >>> plain(1 / 3), plain(float("nan"))
    (0.333333, None)
    """
    return float(f"{value:.6g}") if math.isfinite(value) else None


def csv_text(head: list[str], rows: list[list[Any]]) -> str:
    """Rows as CSV; numbers with six significant digits, undefined ones empty.

    >>> csv_text(["a", "b"], [["x", 0.5], ["y", float("nan")]]).split()
    ['a,b', 'x,0.5', 'y,']
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(head)
    write.writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: Any) -> Any:  # noqa: ANN401 - a cell of a CSV file
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else ""
    return value
