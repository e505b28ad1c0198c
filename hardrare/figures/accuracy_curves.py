"""Accuracy curves: what the features of each run know of the classes, snapshot by snapshot."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import ARTEFACTS, COLOUR, WIDTH, panel


def accuracy_curves(
    runs: Mapping[str, Sequence[tuple[np.ndarray, np.ndarray]]],
    levels: Mapping[str, float],
    title: str,
) -> Figure:
    """One colour an objective, one line a seed, a mark at each snapshot.

    Args:
        runs: objective to epochs trained (S,) and accuracies (S,), 0..1, of each seed.
        levels: name to a constant accuracy, drawn across: the pixels', chance.
        title: what the panel shows.
    """
    figure, axes = panel(WIDTH, 300)
    palette = iter(ARTEFACTS * (1 + len(runs) // len(ARTEFACTS)))
    for name, seeds in runs.items():
        style = {"color": next(palette), "linewidth": 1.5, "markersize": 4}
        for i, (epochs, accuracy) in enumerate(seeds):
            axes.plot(epochs, accuracy, "o-", label="_" if i else name, **style)
    dashes = iter([(4, 3), (1, 2)] * len(levels))
    for name, level in levels.items():
        style = {"color": COLOUR["muted"], "linewidth": 1.2, "linestyle": (0, next(dashes))}
        axes.axhline(level, label=f"{name} {level:.2f}", **style)
    axes.set(title=title, xlabel="epochs trained", ylabel="accuracy of the neighbours' vote")
    axes.set_ylim(0, 1.02)
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower left", ncols=2, handlelength=1.8, columnspacing=1.2)
    return figure
