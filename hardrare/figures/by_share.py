"""By share: one value with its interval, curve by curve, at a few shares of the samples."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import COLOUR, WIDTH, panel

# Of the distance between two shares: how far one curve stands from the next, and all at most.
STEP, SPREAD = 0.1, 0.5
SHORT = 22  # letters of a name that leave room for another beside it
# Without `fourth`, which looks like `labelled`, and `sixth`, which looks like `first`.
NAMES = ("free", "labelled", "second", "third", "first", "fifth")
PALETTE = [COLOUR[name] for name in NAMES]
BASELINE = "random"


def by_share(
    shares: Sequence[str],
    curves: Mapping[str, np.ndarray],
    title: str,
    share: str,
    quantity: str,
    zero: bool = False,
) -> Figure:
    """One mark with its interval for each curve and share; the curves stand side by side.

    Args:
        shares: the S shares in words, in order; equally far from each other.
        curves: name to `(S, 3)` value and the ends of its 95 % interval; NaN where there is
            none. `random` is grey.
        title: what the panel shows.
        share: of what.
        quantity: name and unit of the values.
        zero: whether a line marks 0.
    """
    columns = 1 if max(map(len, curves)) > SHORT else 2
    figure, axes = panel(WIDTH, 262 + 17 * -(-len(curves) // columns))
    if zero:
        axes.axhline(0, color=COLOUR["muted"], linewidth=1, linestyle=(0, (4, 3)))
    palette = iter(PALETTE * (1 + len(curves) // len(PALETTE)))
    step = min(STEP, SPREAD / max(len(curves) - 1, 1))
    moves = step * (np.arange(len(curves)) - (len(curves) - 1) / 2)
    for (name, values), move in zip(curves.items(), moves, strict=True):
        known = np.flatnonzero(np.isfinite(values[:, 0]))
        colour = COLOUR["pixels"] if name == BASELINE else next(palette)
        position = known + move
        axes.plot(position, values[known, 0], color=colour, linewidth=0.8, alpha=0.5)
        axes.vlines(position, values[known, 1], values[known, 2], color=colour, linewidth=1.8)
        axes.plot(position, values[known, 0], "o", color=colour, markersize=4.5, label=name)
    axes.set(title=title, xlabel=share, ylabel=quantity, xlim=(-0.5, len(shares) - 0.5))
    axes.set_xticks(range(len(shares)), shares)
    axes.grid(visible=False, axis="x")
    figure.legend(loc="outside lower left", ncols=columns, handlelength=1, columnspacing=1.2)
    return figure
