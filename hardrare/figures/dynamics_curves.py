"""Dynamics curves: one column of the training dynamics over the epochs, group by group."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import ARTEFACTS, COLOUR, WIDTH, panel

FIXED = {"hard": COLOUR["free"], "easy": COLOUR["pixels"]}


def dynamics_curves(groups: Mapping[str, np.ndarray], title: str, quantity: str) -> Figure:
    """Median of each group; of the hard and the easy also the band that holds their middle half.

    Args:
        groups: name to `(n, T)` values, NaN where not defined (an epoch without a defined
            value is left out). `hard` and `easy` have their own colours; the bands of more
            groups would lie upon each other.
        title: what the panel shows.
        quantity: name and unit of the values.
    """
    figure, axes = panel(WIDTH, 290)
    palette = iter(ARTEFACTS * (1 + len(groups) // len(ARTEFACTS)))
    dashes = cycle(["-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2))])
    for name, values in groups.items():
        epochs = np.flatnonzero(np.isfinite(values).any(axis=0))
        low, middle, high = np.nanquantile(values[:, epochs], (0.25, 0.5, 0.75), axis=0)
        label = f"{name} ({len(values):,})"
        if name in FIXED:
            axes.fill_between(epochs, low, high, color=FIXED[name], alpha=0.13, linewidth=0)
            axes.plot(epochs, middle, color=FIXED[name], linewidth=2.2, label=label)
        else:
            dash, colour = next(dashes), next(palette)
            axes.plot(epochs, middle, color=colour, linewidth=1.4, linestyle=dash, label=label)
    if _spans_decades(groups):
        axes.set_yscale("log")
    axes.set(title=title, xlabel="epoch", ylabel=quantity)
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower left", ncols=2, handlelength=2.2, columnspacing=1.2)
    return figure


def _spans_decades(groups: Mapping[str, np.ndarray]) -> bool:
    """Whether the groups' medians are all positive and differ by more than tenfold."""
    known = [values[:, np.isfinite(values).any(axis=0)] for values in groups.values()]
    medians = np.concatenate([np.nanmedian(values, axis=0) for values in known])
    return bool(medians.size and medians.min() > 0 and medians.max() > 10 * medians.min())
