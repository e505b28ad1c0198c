"""What all figures share: colours with a light and a dark form, sizes, type.

Figures are drawn with the light colours. In an SVG each of them becomes a CSS
variable of the page, so that one drawing serves both themes. One unit of a
figure is one pixel of the page; a panel of `WIDTH` fills a phone.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 340

# Name of the page's CSS variable: light form, dark form. Each light form stands once.
THEME: dict[str, tuple[str, str]] = {
    "page": ("#ffffff", "#0f1318"),
    "ink": ("#24292f", "#e6edf3"),
    "muted": ("#57606a", "#a0aab5"),
    "grid": ("#d0d7de", "#3d444d"),
    "free": ("#0b62c4", "#5aa9ff"),
    "labelled": ("#b35900", "#f0944a"),
    "pixels": ("#6e7681", "#949ea9"),
    "first": ("#b4235f", "#f27fae"),
    "second": ("#1a7f37", "#4ac26b"),
    "third": ("#8250df", "#b794ff"),
    "fourth": ("#8f6200", "#d9a520"),
    "fifth": ("#0e7490", "#3bc9db"),
    "sixth": ("#cf3a24", "#ff8370"),
}
COLOUR = {name: light for name, (light, _) in THEME.items()}
# A name inside the axes, readable over lines.
BACKED = {
    "fontsize": 9,
    "bbox": {"facecolor": COLOUR["page"], "alpha": 0.75, "linewidth": 0, "pad": 0.4},
}
ARTEFACTS = [COLOUR[name] for name in ("first", "second", "third", "fourth", "fifth", "sixth")]

STYLE = {
    "figure.dpi": 72,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "text.color": COLOUR["ink"],
    "axes.labelcolor": COLOUR["muted"],
    "axes.titlecolor": COLOUR["ink"],
    "axes.edgecolor": COLOUR["grid"],
    "xtick.color": COLOUR["grid"],
    "ytick.color": COLOUR["grid"],
    "xtick.labelcolor": COLOUR["muted"],
    "ytick.labelcolor": COLOUR["muted"],
    "grid.color": COLOUR["grid"],
    "grid.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "hardrare",
}


def panel(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of `width` by `height` page pixels with one pair of axes."""
    figure = Figure(figsize=(width / 72, height / 72), layout="constrained")
    return figure, figure.add_subplot()
