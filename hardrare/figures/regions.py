"""Data map with regions: each sample a point, its colour an ordered level, regions by lines.

The convention of Dataset Cartography (Swayamdipta et al., EMNLP 2020): variability across,
level up with the easy end at the top, colour from hard (red) to easy (blue).
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from hardrare.figures._style import COLOUR, WIDTH, panel
from hardrare.figures.data_map import limits

# Points are drawn as pixels, so each colour and mark must do on light and on dark pages.
LEVELS = (
    ("#d63b36", "X"),
    ("#e5812f", "s"),
    ("#b99b2b", "^"),
    ("#3f9db5", "D"),
    ("#4673d6", "o"),
)


def regions(
    mean: np.ndarray,
    variability: np.ndarray,
    level: np.ndarray,
    level_names: Sequence[str],
    level_title: str,
    edges: tuple[float, float],
    counts: Sequence[int],
    inverted: bool,
    title: str,
    quantity: str,
) -> Figure:
    """Samples by variability and mean, coloured by level, with the three regions.

    Args:
        mean: `(N,)` mean over epochs, finite.
        variability: `(N,)` population standard deviation over epochs, >= 0.
        level: `(N,)` int in 0..4, 0 = the harder end.
        level_names: of the five levels.
        level_title: what the levels are of.
        edges: the variability above which a sample is ambiguous, and the mean that divides
            the others into hard and easy.
        counts: samples in the regions easy, ambiguous, hard.
        inverted: whether low means are drawn at the top, where easy samples belong.
        title: what the panel shows.
        quantity: the column's name, for the axes.
    """
    figure, axes = panel(WIDTH, 400)
    _points(axes, variability, mean, level)
    low, high = limits(mean)
    room = 0.06 * (high - low)  # for the regions' names
    axes.set(title=title, xlim=limits(variability), ylim=(low - room, high + room))
    axes.set(xlabel=f"{quantity}: variability over epochs", ylabel=f"{quantity}: mean over epochs")
    axes.yaxis.set_inverted(inverted)
    _divide(axes, edges, counts)
    key = _key(level, level_names)
    figure.legend(
        handles=key, loc="outside lower left", ncols=2, title=level_title, alignment="left"
    )
    return figure


def _points(axes: Axes, across: np.ndarray, up: np.ndarray, level: np.ndarray) -> None:
    """The samples, each level in its colour and mark."""
    size = 3.4 if len(level) < 3000 else 2.0
    style = {"markersize": size, "markeredgewidth": 0, "alpha": 0.75, "rasterized": True}
    for at, (colour, mark) in enumerate(LEVELS):
        here = level == at
        axes.plot(across[here], up[here], mark, color=colour, **style)


def _divide(axes: Axes, edges: tuple[float, float], counts: Sequence[int]) -> None:
    """Lines between the regions, and each region's name and size at its outer corner."""
    line = {"color": COLOUR["ink"], "linewidth": 1, "linestyle": (0, (4, 3))}
    axes.axvline(edges[0], **line)
    axes.hlines(edges[1], axes.get_xlim()[0], edges[0], **line)
    box = {"facecolor": COLOUR["page"], "edgecolor": "none", "alpha": 0.85, "pad": 2.5}
    places = {
        "easy": (0.015, 0.985, "left", "top"),
        "ambiguous": (0.985, 0.985, "right", "top"),
        "hard": (0.015, 0.015, "left", "bottom"),
    }
    for (name, (x, y, across, up)), count in zip(places.items(), counts, strict=True):
        words = f"{name} ({count:,})"
        style = {"fontsize": 10, "fontweight": "bold", "bbox": box, "transform": axes.transAxes}
        axes.text(x, y, words, ha=across, va=up, **style)


def _key(level: np.ndarray, names: Sequence[str]) -> list[Line2D]:
    """One entry a level, the easy end first, with the number of its samples."""
    sizes = np.bincount(level, minlength=len(LEVELS))
    look = {"linestyle": "none", "markersize": 6, "markeredgewidth": 0}
    rows = zip(LEVELS, names, sizes, strict=True)
    return [
        Line2D([], [], color=colour, marker=mark, label=f"{name} ({n:,})", **look)
        for (colour, mark), name, n in rows
    ][::-1]
