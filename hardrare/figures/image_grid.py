"""Image grid: samples side by side, small images enlarged pixel by pixel, each with its caption."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from hardrare.figures._style import COLOUR, WIDTH

SHOWN = 96  # pixels; images of a longer side are shrunk to it, so that a page stays small
GAP, LINE, SIZE = 8, 11.5, 8.5  # between images, from line to line of a caption, its type; pixels


def image_grid(
    images: np.ndarray,
    captions: Sequence[str],
    framed: Sequence[bool],
    columns: int = 4,
) -> Figure:
    """Images in rows of `columns`.

    Args:
        images: `(n, H, W, C)` uint8, C = 1 or 3.
        captions: of each image, lines separated by newlines.
        framed: which images wear a frame.
        columns: images in a row; fewer than four leave the rest of the width empty.
    """
    side = WIDTH / max(columns, 4) - GAP
    high = side * images.shape[1] / images.shape[2]
    lines = 1 + max((caption.count("\n") for caption in captions), default=0)
    step = high + lines * LINE + GAP + 2
    height = GAP / 2 + step * max(1, -(-len(images) // columns))
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    for at, (image, caption, frame) in enumerate(zip(images, captions, framed, strict=True)):
        row, column = divmod(at, columns)
        left, top = GAP / 2 + column * (side + GAP), GAP / 2 + row * step
        _show(axes, image, (left, left + side, top + high, top), frame)
        axes.text(left + side / 2, top + high + 4, caption, va="top", ha="center", fontsize=SIZE)
    axes.set(xlim=(0, WIDTH), ylim=(height, 0), aspect="auto")
    return figure


def _show(
    axes: Axes, image: np.ndarray, box: tuple[float, float, float, float], frame: bool
) -> None:
    """One image in its box (left, right, bottom, top) and, if wanted, a frame around it."""
    pixels = _shrunk(image[..., 0] if image.shape[-1] == 1 else image)
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, extent=box, interpolation="none")
    left, right, bottom, top = box
    colour, width = (COLOUR["sixth"], 3) if frame else (COLOUR["grid"], 0.6)
    frame = ((left, top), right - left, bottom - top)
    axes.add_patch(Rectangle(*frame, fill=False, edgecolor=colour, linewidth=width))


def _shrunk(image: np.ndarray) -> np.ndarray:
    """An image of at most `SHOWN` pixels on its longer side."""
    factor = SHOWN / max(image.shape[:2])
    if factor >= 1:
        return image
    height, width = (max(1, round(factor * side)) for side in image.shape[:2])
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.LANCZOS))
