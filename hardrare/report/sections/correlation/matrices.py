"""The matrices of correlations."""

from collections.abc import Iterator

import numpy as np

from hardrare.report.correlations import COPY, Correlations
from hardrare.report.drawing import Drawing


def matrices(table: Correlations) -> Iterator[Drawing]:
    """Scores without labels against all others, near copies once; then every pair."""
    rows = table.distinct(table.members("free"))
    columns = table.distinct([*table.references, *table.members("pixels")])
    if rows and columns:
        caption = f"Of scores of one run that correlate by {COPY} or more, the first is shown."
        yield _matrix("correlation", table, rows, columns, caption)
    everything = list(range(len(table.names)))
    yield _matrix("correlation-all", table, everything, everything, "", grouped=False)


def _matrix(
    name: str,
    table: Correlations,
    rows: list[int],
    columns: list[int],
    caption: str,
    grouped: bool = True,
) -> Drawing:
    """One matrix, its rows and columns grouped by run or all in one clustering."""
    names = [[table.names[i] for i in axis] for axis in (rows, columns)]
    groups = [[n.partition("/")[0] if grouped else "" for n in axis] for axis in names]
    values = {
        "values": table.value[np.ix_(rows, columns)],
        "rows": names[0],
        "columns": names[1],
        "row_groups": groups[0],
        "column_groups": groups[1],
        "title": "Without labels (rows) and with, or pixels" if grouped else "Every pair of scores",
    }
    return Drawing(name, name, "correlation_matrix", values, caption, wide=True)
