"""Attribution: what models know of one artefact from pixels, from scores, and from both."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import COLOUR, WIDTH, panel

STYLES = (("o", "free"), ("D", "labelled"))  # marker and colour of each model
ROW, APART = 40, 0.17


def attribution(
    inputs: Sequence[str],
    models: Mapping[str, Sequence[Sequence[float]]],
    single: float | None,
    title: str,
) -> Figure:
    """One row a kind of input, one mark a model.

    Args:
        inputs: what the models read, R names.
        models: at most two, each `(R, 3)` AUROC with the ends of its interval.
        single: AUROC of the best single score, either sign, picked after the fact.
        title: the artefact.
    """
    figure, axes = panel(WIDTH, 96 + ROW * len(inputs))
    rows = np.arange(len(inputs), dtype=float)
    axes.axvline(0.5, color=COLOUR["muted"], linewidth=1, linestyle=(0, (4, 3)))
    if single is not None:
        axes.axvline(
            single, color=COLOUR["pixels"], linewidth=2, alpha=0.6, label="best single score"
        )
    for (name, values), (marker, colour), side in zip(
        models.items(), STYLES, (-APART, APART), strict=False
    ):
        value, low, high = np.array(values).T
        shade = COLOUR[colour]
        axes.hlines(rows + side, low, high, color=shade, linewidth=2.2)
        axes.plot(value, rows + side, marker, color=shade, markersize=5.5, label=name)
    lowest = min([0.45, *(end[1] - 0.03 for values in models.values() for end in values)])
    axes.set(title=title, xlim=(lowest, 1.02), ylim=(len(inputs) - 0.4, -0.6))
    axes.set_yticks(rows, inputs)
    axes.set_xlabel("AUROC on held-out images (0.5 = chance)")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    figure.legend(loc="outside lower left", ncols=2)
    return figure
