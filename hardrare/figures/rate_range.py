"""Learning-rate range test: the losses of each candidate's batches, and the slope of their line."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from hardrare.figures._style import COLOUR, WIDTH


def rate_range(
    rates: Sequence[float],
    losses: np.ndarray,
    slopes: np.ndarray,
    chosen: float,
    title: str,
) -> Figure:
    """Two panels: loss over batches, the chosen rate's on top; slope over rates.

    Args:
        rates: the R candidates, ascending.
        losses: (R, S) batch losses, NaN where not finite.
        slopes: (R,) of the lines fitted to them, loss a batch, NaN where a loss is not finite.
        chosen: the rate with the steepest descent.
        title: which run.
    """
    figure = Figure(figsize=(WIDTH / 72, 400 / 72), layout="constrained")
    above, below = figure.subplots(2, 1)
    batches = np.arange(1, losses.shape[1] + 1)
    for rate, row in zip(rates, losses, strict=True):
        taken = rate == chosen
        above.plot(
            batches, row, color=COLOUR["free" if taken else "pixels"], zorder=3 if taken else 2,
            linewidth=2 if taken else 0.9, alpha=1 if taken else 0.6,
        )  # fmt: skip
    first = losses[np.isfinite(losses[:, 0]), 0]
    lowest, start = np.nanmin(losses), float(first.max(initial=0))
    above.set_ylim(lowest - 0.05 * abs(start - lowest), start + 0.6 * abs(start - lowest))
    above.set(title=title, xlabel="batch", ylabel="loss")
    below.axhline(0, color=COLOUR["muted"], linewidth=1)
    below.plot(rates, slopes, "o-", color=COLOUR["pixels"], markersize=4, linewidth=1)
    index = list(rates).index(chosen)
    below.plot([chosen], [slopes[index]], "o", color=COLOUR["free"], label=f"chosen {chosen:g}")
    falls = slopes[np.isfinite(slopes) & (slopes < 0)]
    if len(falls):
        below.set_ylim(1.3 * falls.min(), -0.8 * falls.min())
    below.set(xlabel="learning rate", ylabel="slope of the loss", xscale="log")
    below.legend(loc="upper left")
    return figure
