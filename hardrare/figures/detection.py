"""Detection: how well scores find one artefact, against the best pixel statistic."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hardrare.figures._style import BACKED, COLOUR, WIDTH, panel

GROUPS = {"free": "without labels", "labelled": "with labels", "pixels": "pixels"}
GROUPS["second"] = "without labels, where asked"
ROW = 27


def detection(
    names: Sequence[str],
    auroc: np.ndarray,
    groups: Sequence[str],
    baseline: tuple[str, float] | None,
    title: str,
) -> Figure:
    """One row a score: signed AUROC with its interval, and the band that pixels reach.

    Args:
        names: of the R scores, best first.
        auroc: `(R, 3)` value, lower and upper end, 0..1.
        groups: of each score, a key of `GROUPS`.
        baseline: name and AUROC of the best pixel statistic; either sign counts for it, so
            the band from 1 - AUROC to AUROC is what one line of arithmetic already reaches.
        title: the artefact.
    """
    figure, axes = panel(WIDTH, 92 + ROW * len(names))
    rows = np.arange(len(names), dtype=float)
    if baseline:
        reach = abs(baseline[1] - 0.5)
        axes.axvspan(0.5 - reach, 0.5 + reach, color=COLOUR["pixels"], alpha=0.16, linewidth=0)
    axes.axvline(0.5, color=COLOUR["muted"], linewidth=1, linestyle=(0, (4, 3)))
    for row, name, (value, low, high), group in zip(rows, names, auroc, groups, strict=True):
        colour = COLOUR[group]
        axes.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="round")
        axes.plot(value, row, "o", color=colour, markersize=5.5)
        axes.text(0.005, row - 0.16, name, va="bottom", ha="left", **BACKED)
    axes.set(title=title, xlim=(-0.02, 1.02), ylim=(len(names) - 0.4, -0.95), yticks=[])
    axes.set_xlabel("AUROC (0.5 = chance)")
    axes.spines["left"].set_visible(False)
    figure.legend(handles=_key(groups, baseline), loc="outside lower left", ncols=2)
    return figure


def _key(groups: Sequence[str], baseline: tuple[str, float] | None) -> list[Line2D]:
    """Legend entries for the groups that are shown and for the band."""
    key = [
        Line2D([], [], color=COLOUR[group], marker="o", markersize=5.5, label=words)
        for group, words in GROUPS.items()
        if group in groups
    ]
    if baseline:
        label = f"reach of {baseline[0]} (pixels)"
        key.append(Line2D([], [], color=COLOUR["pixels"], alpha=0.3, linewidth=7, label=label))
    return key
