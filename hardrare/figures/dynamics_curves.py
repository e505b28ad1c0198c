"""Dynamics curves: one column of the training dynamics over the epochs, group by group."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import ARTEFACTS, COLOUR, WIDTH, panel

FIXED = {"hard": COLOUR["free"], "easy": COLOUR["pixels"]}


def dynamics_curves(groups: Mapping[str, np.ndarray], title: str, quantity: str) -> Figure:
    """Median of each group, with the band that holds its middle half.

    Args:
        groups: name to `(n, T)` values, NaN where not defined (an epoch without a defined
            value is left out). `hard` and `easy` have their own colours.
        title: what the panel shows.
        quantity: name and unit of the values.
    """
    figure, axes = panel(WIDTH, 290)
    palette = iter(ARTEFACTS * (1 + len(groups) // len(ARTEFACTS)))
    for name, values in groups.items():
        epochs = np.flatnonzero(np.isfinite(values).any(axis=0))
        low, middle, high = np.nanquantile(values[:, epochs], (0.25, 0.5, 0.75), axis=0)
        colour = FIXED.get(name) or next(palette)
        axes.fill_between(epochs, low, high, color=colour, alpha=0.13, linewidth=0)
        axes.plot(epochs, middle, color=colour, linewidth=1.8, label=f"{name} ({len(values):,})")
    if _spans_decades(groups):
        axes.set_yscale("log")
    axes.set(title=title, xlabel="epoch", ylabel=quantity)
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="outside lower left", ncols=2, handlelength=1.4, columnspacing=1.2)
    return figure


def _spans_decades(groups: Mapping[str, np.ndarray]) -> bool:
    """Whether the groups' medians are all positive and differ by more than tenfold."""
    known = [values[:, np.isfinite(values).any(axis=0)] for values in groups.values()]
    medians = np.concatenate([np.nanmedian(values, axis=0) for values in known])
    return bool(medians.size and medians.min() > 0 and medians.max() > 10 * medians.min())
