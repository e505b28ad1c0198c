"""What two aligned pictures differ in: colours."""

import numpy as np

from hardrare.matching.differ import Planes, worst
from hardrare.matching.filters import quantiles, smoothed

BLOCKS = 8  # along the longest side: JPEG halves the resolution of colours
COLOURLESS = 5.0  # grey levels, RMS: a picture whose colours are less is grey
ONE_COLOUR = 0.3  # variety of colours below which a picture is of one
CAST = 40.0  # grey levels that a tint may move such a colour


def _variety(colour: np.ndarray) -> float:
    """How much colours `(2, n)` vary, over their size."""
    return float(np.sqrt(colour.var(axis=1).sum() / (colour**2).sum(0).mean()))


def colours(outer: Planes, inner: Planes, free: np.ndarray) -> tuple[float, tuple[bool, bool]]:
    """Largest difference of the colours of a block over their spread, and which alone is grey.

    Args:
        outer: maps.
        inner: maps, where the outer has them.
        free: `(H, W)` bool, pixels that count.
    """
    places = np.flatnonzero(free)
    if not (outer.red.size and inner.red.size) or len(places) < 16:
        return 0.0, (False, False)
    x, y = (np.stack([smoothed(planes.red), smoothed(planes.blue)]) for planes in (inner, outer))
    a, b = (colour.reshape(2, -1).take(places, axis=1) for colour in (x, y))
    sizes = [float(np.sqrt((colour**2).sum(0).mean())) for colour in (a, b)]
    if min(sizes) < COLOURLESS:
        grey_ones = [size < COLOURLESS for size in sizes[::-1]]
        return 0.0, (grey_ones[0] and not grey_ones[1], grey_ones[1] and not grey_ones[0])
    if max(_variety(colour) for colour in (a, b)) < ONE_COLOUR:
        apart = float(np.linalg.norm(b.mean(1) - a.mean(1)))
        if apart > CAST:  # one thing of one colour each: that is what tells them apart
            return apart / COLOURLESS, (False, False)
    gain = min(max(float((a * b).sum() / (a**2).sum()), 0.2), 4.0)
    middle = [quantiles(difference, [0.5])[0] for difference in b - gain * a]
    off = y - gain * x - np.array(middle, np.float32)[:, None, None]
    return worst((off**2).sum(0), free, BLOCKS) / (sizes[1] + COLOURLESS), (False, False)
