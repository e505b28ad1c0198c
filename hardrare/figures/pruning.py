"""Pruning: test accuracy of each arm minus that of random pruning, paired by seed."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import BACKED, COLOUR, WIDTH, panel

CHARACTERS = 54  # of a name on one line
MARKS = {
    "equal_steps": ("o", COLOUR["free"], -0.05),
    "equal_epochs": ("s", COLOUR["labelled"], 0.2),
}


def pruning(names: Sequence[str], differences: Mapping[str, np.ndarray], title: str) -> Figure:
    """One row an arm, one mark a view.

    Args:
        names: of the A arms, in words.
        differences: view (`equal_steps`, `equal_epochs`) to `(A, 3)` mean difference and its
            95 % interval in percentage points; NaN ends where one seed gives no interval.
        title: what is compared.
    """
    lines = [fill(name, CHARACTERS) for name in names]
    tallest = max((line.count("\n") for line in lines), default=0)
    figure, axes = panel(WIDTH, 100 + (34 + 12 * tallest) * len(names))
    axes.axvline(0, color=COLOUR["muted"], linewidth=1, linestyle=(0, (4, 3)))
    for view, values in differences.items():
        marker, colour, shift = MARKS[view]
        rows = np.arange(len(names)) + shift
        axes.hlines(rows, values[:, 1], values[:, 2], color=colour, linewidth=2)
        label = view.replace("_", " ")
        axes.plot(values[:, 0], rows, marker, color=colour, markersize=5.5, label=label)
    beside = axes.get_yaxis_transform()
    for row, name in enumerate(lines):
        text = axes.text(0, row - 0.2, name, va="bottom", transform=beside, **BACKED)
        text.set_in_layout(False)  # a long name must not narrow the axes
    axes.set(title=title, ylim=(len(names) - 0.5, -0.95), yticks=[])
    axes.set_xlabel("difference to random, percentage points")
    axes.margins(x=0.08)
    axes.spines["left"].set_visible(False)
    figure.legend(loc="outside lower left", ncols=2, handlelength=1.4)
    return figure
