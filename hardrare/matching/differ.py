"""What two aligned pictures differ in: grey levels, and what clipping may hide."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import uniform_filter

from hardrare.matching.filters import at, fitted, quantiles, smoothed

LOW, HIGH = 6, 249  # grey levels of a channel that count as clipped
BLOCKS = 16  # along the longest side
SPAN = 0.05, 0.5, 0.95  # quantiles that say how far levels moved
SAME = 0.04, 6.0  # gain off 1, offset in grey levels: of one exposure, so that clipping hides none
CLIPPED = 16.0  # of 255, once smoothed: a sixteenth of what lies around
NEAR_WHITE, NEAR_BLACK = 235, 8  # grey levels of a smoothed channel between which it is unclipped
OFF_LINE = 25.0  # grey levels: what is further off a first line has no part in the second
BINS, BENT = 12, 24.0  # of a curve of levels: bins, and grey levels that it may take out
FEW = 0.05  # share of unclipped pixels below which all are fitted
WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Planes:
    """A picture as maps `(H, W)` of one size.

    Attributes:
        grey: luminance, 0..255.
        high: above 0 near a pixel with a channel at its upper end.
        low: likewise, at its lower end.
        red: red less luminance; empty for a picture of one channel.
        blue: likewise.
    """

    grey: np.ndarray
    high: np.ndarray
    low: np.ndarray
    red: np.ndarray
    blue: np.ndarray


@dataclass(frozen=True)
class Levels:
    """How the grey levels of one picture become another's, and what is left.

    Attributes:
        gain: factor, and
        offset: grey levels added, least squares.
        off: `(H, W)` what is left, grey levels; 0 where clipping may hide it.
        free: `(H, W)` bool, pixels that both show and neither clips.
    """

    gain: float
    offset: float
    off: np.ndarray
    free: np.ndarray


def grey(picture: np.ndarray) -> np.ndarray:
    """`(H, W)` float32 luminance of `(H, W, C)`."""
    plain = picture.astype(np.float32)
    return plain @ WEIGHTS if picture.shape[2] == 3 else plain[..., 0]


def planes(picture: np.ndarray, longest: int) -> Planes:
    """A picture `(H, W, C)` uint8 with a longest side of so many pixels."""
    light = grey(picture)
    most, least = picture[..., 0], picture[..., 0]
    for channel in range(1, picture.shape[2]):  # over the last axis numpy takes ten times as long
        most, least = (
            np.maximum(most, picture[..., channel]),
            np.minimum(least, picture[..., channel]),
        )
    maps = [light, (most >= HIGH) * np.float32(255), (least <= LOW) * np.float32(255)]
    if picture.shape[2] == 3:
        maps += [picture[..., channel] - light for channel in (0, 2)]
    sized = fitted(np.stack(maps), longest)
    return Planes(*sized, *[np.zeros((0, 0), np.float32)] * (5 - len(sized)))


def smooth(maps: Planes) -> Planes:
    """The grey levels smoothed; clipped pixels spread as far as that carries them."""
    names = [name for name in ("grey", "high", "low") if getattr(maps, name).any()]
    return replace(maps, **{name: smoothed(getattr(maps, name)) for name in names})


def levels(
    outer: Planes, inner: Planes, inside: np.ndarray, hiding: Callable[[], bool] = lambda: True
) -> Levels:
    """Fit gain and offset on unclipped pixels, and leave out what clipping may hide.

    A clipped pixel of the inner picture may be brighter than it says, so the outer may be too; a
    clipped one of the outer likewise. Pictures of one exposure clip the same, which hides nothing,
    and where hardly a pixel is unclipped (black on white) the exposure is not known: nothing hides.

    Args:
        outer: smoothed maps.
        inner: smoothed maps, where the outer has them.
        inside: `(H, W)` bool, pixels that both show.
        hiding: tells whether clipping may hide anything; on paper, white everywhere, it would
            hide all.
    """
    over_high, over_low, high, low = (
        plane > CLIPPED for plane in (outer.high, outer.low, inner.high, inner.low)
    )
    free = inside & ~(over_high | over_low | high | low)
    known = np.count_nonzero(free) > FEW * np.count_nonzero(inside)
    x, y = (at(planes.grey, free if known else inside) for planes in (inner, outer))
    gain, offset = _line(x, y)
    off = outer.grey - (gain * inner.grey + offset)
    other = abs(y.std() - x.std()) > SAME[0] * x.std() or abs(y.mean() - x.mean()) > SAME[1]
    other = other and hiding()
    if known and other:  # fine black on white hides in neither direction
        both = (over_high | high) & (over_low | low)
        hidden = ~both & (((high | over_low) & (off > 0)) | ((over_high | low) & (off < 0)))
        off = np.where(hidden, 0, off)
    if other and (told := exposed(outer, inner, inside)) is not None:
        off = np.where(np.abs(told) < np.abs(off), told, off)
    return Levels(gain, offset, off, free)


def exposed(outer: Planes, inner: Planes, inside: np.ndarray) -> np.ndarray | None:
    """What is left, `(H, W)` in grey levels of the outer, one being the other brightened.

    From dark to bright no clipping hides anything: each channel times a gain, and cut off at
    white. Where fine detail was cut off before pictures were shrunk, light parts are a little
    darker than that says, all alike, which a curve of the level takes out.

    Args:
        outer: smoothed maps.
        inner: smoothed maps, where the outer has them.
        inside: `(H, W)` bool, pixels that both show.

    Returns:
        None where hardly a channel of a pixel is unclipped.
    """
    up = at(outer.grey, inside).mean() < at(inner.grey, inside).mean()
    dark, bright = (outer, inner) if up else (inner, outer)
    if bool(dark.red.size) != bool(bright.red.size):
        return None
    x, y = _channels(dark), _channels(bright)
    open_ones = inside & (y < NEAR_WHITE) & (y > NEAR_BLACK) & (x > NEAR_BLACK)
    if np.count_nonzero(open_ones) < FEW * len(x) * np.count_nonzero(inside):
        return None
    a, b = at(x, open_ones), at(y, open_ones)
    gain, offset = _line(a, b)
    close = np.abs(b - gain * a - offset) < OFF_LINE
    gain, offset = _line(at(a, close), at(b, close))
    if gain < 1:
        return None
    made = np.clip(gain * x + offset, 0, 255)
    weights = WEIGHTS if len(x) == 3 else np.ones(1, np.float32)
    made = np.tensordot(weights, made, 1)
    off = bright.grey - made
    off = off - _curve(at(made, inside), at(off, inside), made)
    return off / gain if up else off


def _channels(maps: Planes) -> np.ndarray:
    """Red, green and blue `(3, H, W)` of smoothed maps, or the grey levels `(1, H, W)`."""
    if not maps.red.size:
        return maps.grey[None]
    red, blue = maps.grey + smoothed(np.stack([maps.red, maps.blue]))
    green = (maps.grey - WEIGHTS[0] * red - WEIGHTS[2] * blue) / WEIGHTS[1]
    return np.stack([red, green, blue])


def _curve(levels: np.ndarray, off: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The median of what is off by level, in bins, at most `BENT` grey levels, at other levels."""
    edges = quantiles(levels, np.linspace(0, 1, BINS + 1))
    which = np.clip(np.searchsorted(edges[:-1], levels, side="right") - 1, 0, BINS - 1)
    order = np.argsort(which.astype(np.uint8), kind="stable")
    bins = np.split(off[order], np.bincount(which, minlength=BINS).cumsum()[:-1])
    medians = [quantiles(values, [0.5])[0] if len(values) else 0.0 for values in bins]
    return np.interp(at, (edges[1:] + edges[:-1]) / 2, np.clip(medians, -BENT, BENT))


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Gain and offset of the least-squares line through `(n,)` points; gain 0 for equal x."""
    spread = float(x.var())
    gain = float(((x - x.mean()) * (y - y.mean())).mean()) / spread if spread > 1e-6 else 0.0
    return gain, float(y.mean() - gain * x.mean())


def shift(outer: Planes, inner: Planes, part: np.ndarray) -> float:
    """How far light, dark or coloured parts moved, in grey levels; coarse parts alone are judged.

    Grain, blur and the blocks of a JPEG change single pixels, and with them a line fitted through
    them, but not the mean of a region.

    Args:
        outer: smoothed maps.
        inner: likewise, where the outer has them.
        part: `(H, W)` bool, pixels that count.
    """
    names = ("grey", "red", "blue") if outer.red.size and inner.red.size else ("grey",)
    block = max(1, max(part.shape) // BLOCKS)
    regions = [
        [quantiles(at(uniform_filter(getattr(of, name), block), part), SPAN) for name in names]
        for of in (inner, outer)
    ]
    return float(np.abs(np.subtract(*regions)).max())


def worst(squares: np.ndarray, inside: np.ndarray, blocks: int) -> float:
    """Root of the largest mean of `(H, W)` squares over a block, wherever half of it counts."""
    return float(over_blocks(squares, inside, blocks).max(initial=0.0))


def over_blocks(squares: np.ndarray, inside: np.ndarray, blocks: int) -> np.ndarray:
    """Roots `(n,)` of the means of `(H, W)` squares over blocks, wherever half of one counts."""
    block = max(2, max(squares.shape) // blocks)
    count = uniform_filter(inside.astype(np.float64), block, mode="constant")
    total = uniform_filter(np.where(inside, squares, 0.0), block, mode="constant")
    enough = inside & (count >= min(0.5, 0.99 * count.max(initial=0)))
    return np.sqrt(np.maximum(at(total, enough) / at(count, enough), 0.0))
