"""Correlation matrix: Spearman of scores, rows and columns ordered by hierarchical clustering."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

from hardrare.figures._style import COLOUR, panel

BAR = 80  # width of the colour bar with its label, pixels
# Nothing where there is no correlation, so that the page's own ground shows through.
COLOURS = LinearSegmentedColormap.from_list(
    "correlation", [(0.85, 0.33, 0.10, 1.0), (0.6, 0.6, 0.6, 0.0), (0.04, 0.40, 0.80, 1.0)]
)


def correlation_matrix(
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    row_groups: Sequence[str],
    column_groups: Sequence[str],
    title: str,
) -> Figure:
    """Correlations as colours: blue = alike, orange = opposite, clear = unrelated.

    Inside each group, like stands beside like; groups keep the order in which they come.

    Args:
        values: `(R, C)` correlations -1..1, NaN where a score is constant.
        rows: names of the R scores.
        columns: names of the C scores.
        row_groups: group of each row, equal ones adjacent; one group = one clustering of all.
        column_groups: the same of each column.
        title: what is compared.
    """
    known = np.nan_to_num(values)
    down, across = grouped_order(known, row_groups), grouped_order(known.T, column_groups)
    type_size = 9 if max(known.shape) <= 60 else 7.5
    cell, letter = 1.45 * type_size, 0.63 * type_size
    width = letter * _longest(rows) + cell * len(columns) + BAR
    height = letter * _longest(columns) + cell * len(rows) + 30
    figure, axes = panel(max(width, 340), height)
    shown = axes.imshow(
        values[np.ix_(down, across)], COLOURS, vmin=-1, vmax=1, interpolation="nearest"
    )
    axes.set(title=title)
    axes.set_yticks(range(len(rows)), [rows[i] for i in down], fontsize=type_size)
    axes.set_xticks(
        range(len(columns)), [columns[i] for i in across], rotation=90, fontsize=type_size
    )
    axes.grid(visible=False)
    axes.tick_params(length=0)
    _divide(axes, row_groups, column_groups)
    bar = figure.colorbar(shown, shrink=min(1.0, 130 / height), anchor=(0, 1), aspect=14)
    bar.set_label("Spearman correlation")
    bar.outline.set_edgecolor(COLOUR["grid"])
    return figure


def grouped_order(vectors: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """Indices `(R,)` that put like rows beside each other inside each group.

    Average linkage on the distance between the rows `(R, C)`, leaves in optimal order.
    """
    groups = np.asarray(groups)
    order = []
    for group in dict.fromkeys(groups.tolist()):
        members = np.flatnonzero(groups == group)
        if len(members) > 2:
            part = vectors[members]
            members = members[leaves_list(optimal_leaf_ordering(linkage(part, "average"), part))]
        order.append(members)
    return np.concatenate(order) if order else np.empty(0, int)


def _longest(names: Sequence[str]) -> int:
    return max((len(name) for name in names), default=0)


def _divide(axes: Axes, row_groups: Sequence[str], column_groups: Sequence[str]) -> None:
    """Lines between the groups."""
    line = {"color": COLOUR["ink"], "linewidth": 1}
    for at, (a, b) in enumerate(pairwise(row_groups), start=1):
        if a != b:
            axes.axhline(at - 0.5, **line)
    for at, (a, b) in enumerate(pairwise(column_groups), start=1):
        if a != b:
            axes.axvline(at - 0.5, **line)
