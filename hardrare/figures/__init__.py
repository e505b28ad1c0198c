"""Figures: arrays of a study in, one matplotlib figure out; one figure per file.

`draw` makes a figure by name, `png` and `svg` its bytes. A figure knows nothing
of tables or of the page. Equal arrays give equal bytes.
"""

import io
import re
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

from hardrare.figures._style import STYLE, THEME
from hardrare.figures.accuracy_curves import accuracy_curves
from hardrare.figures.attribution import attribution
from hardrare.figures.by_share import by_share
from hardrare.figures.correlation_matrix import correlation_matrix
from hardrare.figures.data_map import data_map
from hardrare.figures.detection import detection
from hardrare.figures.dynamics_curves import dynamics_curves
from hardrare.figures.image_grid import image_grid
from hardrare.figures.pruning import pruning
from hardrare.figures.rate_range import rate_range
from hardrare.figures.regions import regions
from hardrare.tables import complete

__all__ = ["FIGURES", "THEME", "draw", "draw_all", "png", "svg"]

KINDS = (
    accuracy_curves, attribution, by_share, correlation_matrix, data_map, detection,
    dynamics_curves, image_grid, pruning, rate_range, regions,
)  # fmt: skip
FIGURES = {kind.__name__: kind for kind in KINDS}
RASTER_DPI = 144  # two dots for each page pixel


class Planned(Protocol):
    """A figure to draw: its file's name, a key of `FIGURES`, and that figure's arguments."""

    name: str
    kind: str
    values: dict[str, Any]


P = TypeVar("P", bound=Planned)


def draw_all(
    wanted: Iterable[P], folder: Path, pictures: Container[str] = ()
) -> list[tuple[P, str]]:
    """Draw figures, and return each with its SVG element.

    Args:
        wanted: the figures.
        folder: where pictures go.
        pictures: names of figures that are also written as `<folder>/<name>.png`. A picture takes
            longer than all else of a figure, so there is one only where somebody looks at it.
    """
    drawn = []
    folder.mkdir(parents=True, exist_ok=True)
    for drawing in wanted:
        figure = draw(drawing.kind, drawing.values)
        if drawing.name in pictures:
            png(figure, folder / f"{drawing.name}.png")
        drawn.append((drawing, svg(figure, drawing.name)))
    return drawn


def draw(kind: str, values: Mapping[str, Any]) -> Figure:
    """The figure of that name, from its arguments, laid out once for every format."""
    with rc_context(STYLE):
        figure = FIGURES[kind](**values)
        if (engine := figure.get_layout_engine()) is not None:
            engine.execute(figure)
        figure.set_layout_engine("none")
        return figure


def png(figure: Figure, path: Path) -> None:
    """Write the figure as a PNG file on white, with a palette: a third of the bytes."""
    drawn = io.BytesIO()
    with rc_context(STYLE):
        figure.savefig(drawn, format="png", dpi=RASTER_DPI, facecolor="white")
    few = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    with complete(path) as part:
        few.save(part, format="png", optimize=True)


def svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element for an HTML page.

    Texts stay texts, colours of the theme become CSS variables (`--ink`, ...), identifiers
    start with `name`, and nothing refers to another place.
    """
    out = io.BytesIO()
    with rc_context(STYLE):
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", dpi=RASTER_DPI, metadata=nothing)
    text = out.getvalue().decode()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    box = re.search(r'viewBox="[^"]+"', text)[0]
    width = float(box.split('"')[1].split()[2])
    text = re.sub(r"<svg[^>]*>", f'<svg {box} style="--width:{width:.0f}px">', text, count=1)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = text.replace('xlink:href="#', f'href="#{name}-').replace("url(#", f"url(#{name}-")
    text = text.replace('xlink:href="data:', 'href="data:')
    for variable, (light, _) in THEME.items():
        text = text.replace(light, f"var(--{variable})")
    return text
