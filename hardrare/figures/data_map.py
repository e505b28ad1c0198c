"""Data map without labels: each sample by the mean and the variability of a column over epochs.

The convention of Dataset Cartography (Swayamdipta et al., EMNLP 2020: variability
across, level up), with a label-free column in place of the true class's probability.
"""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from hardrare.figures._style import WIDTH, panel

BINS = 64
GREY = "#7d8894"
MARK = "#e5533d"  # drawn as pixels, so one colour must do on light and on dark pages


def data_map(
    mean: np.ndarray,
    variability: np.ndarray,
    marked: np.ndarray,
    hidden: np.ndarray,
    title: str,
    quantity: str,
    inverted: bool = False,
) -> Figure:
    """Density of samples, with some of them marked.

    Args:
        mean: `(N,)` mean over epochs, finite.
        variability: `(N,)` population standard deviation over epochs, >= 0.
        marked: `(N,)` bool, the samples drawn as points over the density of the others.
        hidden: `(N,)` bool, the samples left out; they count for the axes' limits, so that
            panels of one study can be compared.
        title: what the panel shows.
        quantity: the column's name, for the axes.
        inverted: whether low means are drawn at the top, where easy samples belong.
    """
    figure, axes = panel(WIDTH, 300)
    extent = (*limits(variability), *limits(mean))
    rest = ~marked & ~hidden
    counts = np.histogram2d(variability[rest], mean[rest], BINS, range=[extent[:2], extent[2:]])[0]
    axes.imshow(
        _shade(counts.T), origin="lower", extent=extent, aspect="auto", interpolation="nearest"
    )
    axes.plot(
        variability[marked],
        mean[marked],
        "o",
        markersize=3.2 if marked.sum() < 1000 else 1.6,
        markeredgewidth=0,
        color=MARK,
        alpha=0.8,
        rasterized=True,
    )
    axes.set(title=title, xlabel=f"{quantity}: variability over epochs", xlim=extent[:2])
    axes.set(ylabel=f"{quantity}: mean over epochs", ylim=extent[2:])
    axes.yaxis.set_inverted(inverted)
    return figure


def limits(values: np.ndarray) -> tuple[float, float]:
    """The range of the values with a margin of 4 %."""
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin


def _shade(counts: np.ndarray) -> np.ndarray:
    """Counts as RGBA: one colour, opaque where samples are many, so that any page shows through."""
    level = np.log1p(counts) / max(np.log1p(counts.max()), 1e-12)
    shade = np.empty((*counts.shape, 4))
    shade[..., :3] = to_rgb(GREY)
    shade[..., 3] = np.where(counts > 0, 0.2 + 0.75 * level, 0.0)
    return shade
