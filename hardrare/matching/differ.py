"""What two aligned pictures differ in: grey levels, what clipping may hide, colours."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import uniform_filter

from hardrare.matching.align import fitted, smoothed

LOW, HIGH = 6, 249  # grey levels of a channel that count as clipped
BLOCKS, COLOUR_BLOCKS = 16, 8  # along the longest side; JPEG halves the resolution of colours
COLOURLESS = 5.0  # grey levels, RMS: a picture whose colours are less is grey
ONE_COLOUR = 0.3  # variety of colours below which a picture is of one
CAST = 40.0  # grey levels that a tint may move such a colour
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
    maps = [light, 255.0 * (picture.max(2) >= HIGH), 255.0 * (picture.min(2) <= LOW)]
    if picture.shape[2] == 3:
        maps += [picture[..., channel] - light for channel in (0, 2)]
    sized = [fitted(one.astype(np.float32), longest) for one in maps]
    return Planes(*sized, *[np.zeros((0, 0), np.float32)] * (5 - len(sized)))


def smooth(maps: Planes) -> Planes:
    """The grey levels smoothed; clipped pixels spread as far as that carries them."""
    return replace(maps, **{n: smoothed(getattr(maps, n)) for n in ("grey", "high", "low")})


def levels(outer: Planes, inner: Planes, inside: np.ndarray, hiding: bool = True) -> Levels:
    """Fit gain and offset on unclipped pixels, and leave out what clipping may hide.

    A clipped pixel of the inner picture may be brighter than it says, so the outer may be too; a
    clipped one of the outer likewise. Pictures of one exposure clip the same, which hides nothing,
    and where hardly a pixel is unclipped (black on white) the exposure is not known: nothing hides.

    Args:
        outer: smoothed maps.
        inner: smoothed maps, where the outer has them.
        inside: `(H, W)` bool, pixels that both show.
        hiding: whether clipping may hide anything; on paper, white everywhere, it would hide all.
    """
    over_high, over_low, high, low = (
        one > CLIPPED for one in (outer.high, outer.low, inner.high, inner.low)
    )
    free = inside & ~(over_high | over_low | high | low)
    known = free.sum() > FEW * inside.sum()
    fitted_on = free if known else inside
    gain, offset = _line(inner.grey[fitted_on], outer.grey[fitted_on])
    off = outer.grey - (gain * inner.grey + offset)
    both = (over_high | high) & (over_low | low)  # fine black on white hides in neither direction
    hidden = ~both & (((high | over_low) & (off > 0)) | ((over_high | low) & (off < 0)))
    x, y = inner.grey[fitted_on], outer.grey[fitted_on]
    other = abs(y.std() - x.std()) > SAME[0] * x.std() or abs(y.mean() - x.mean()) > SAME[1]
    other = other and hiding
    if known and other:
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
    up = outer.grey[inside].mean() < inner.grey[inside].mean()
    dark, bright = (outer, inner) if up else (inner, outer)
    if bool(dark.red.size) != bool(bright.red.size):
        return None
    x, y = _channels(dark), _channels(bright)
    open_ones = inside & (y < NEAR_WHITE) & (y > NEAR_BLACK) & (x > NEAR_BLACK)
    if open_ones.sum() < FEW * len(x) * inside.sum():
        return None
    gain, offset = _line(x[open_ones], y[open_ones])
    close = open_ones & (np.abs(y - gain * x - offset) < OFF_LINE)
    gain, offset = _line(x[close], y[close])
    if gain < 1:
        return None
    made = np.clip(gain * x + offset, 0, 255)
    weights = WEIGHTS if len(x) == 3 else np.ones(1, np.float32)
    made = np.tensordot(weights, made, 1)
    off = bright.grey - made
    off = off - _curve(made[inside], off[inside], made)
    return off / gain if up else off


def _channels(maps: Planes) -> np.ndarray:
    """Red, green and blue `(3, H, W)` of smoothed maps, or the grey levels `(1, H, W)`."""
    if not maps.red.size:
        return maps.grey[None]
    red, blue = (maps.grey + smoothed(one) for one in (maps.red, maps.blue))
    green = (maps.grey - WEIGHTS[0] * red - WEIGHTS[2] * blue) / WEIGHTS[1]
    return np.stack([red, green, blue])


def _curve(levels: np.ndarray, off: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The median of what is off by level, in bins, at most `BENT` grey levels, at other levels."""
    edges = np.quantile(levels, np.linspace(0, 1, BINS + 1))
    which = np.clip(np.searchsorted(edges, levels, side="right") - 1, 0, BINS - 1)
    medians = [np.median(off[which == k]) if (which == k).any() else 0.0 for k in range(BINS)]
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
        [np.quantile(uniform_filter(getattr(of, name), block)[part], SPAN) for name in names]
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
    return np.sqrt(np.maximum(total[enough] / count[enough], 0.0))


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
    if not (outer.red.size and inner.red.size) or free.sum() < 16:
        return 0.0, (False, False)
    x = np.stack([smoothed(inner.red), smoothed(inner.blue)])
    y = np.stack([smoothed(outer.red), smoothed(outer.blue)])
    sizes = [float(np.sqrt((one[:, free] ** 2).sum(0).mean())) for one in (x, y)]
    if min(sizes) < COLOURLESS:
        grey_ones = [size < COLOURLESS for size in sizes[::-1]]
        return 0.0, (grey_ones[0] and not grey_ones[1], grey_ones[1] and not grey_ones[0])
    if max(_variety(one[:, free]) for one in (x, y)) < ONE_COLOUR:
        apart = float(np.linalg.norm(y[:, free].mean(1) - x[:, free].mean(1)))
        if apart > CAST:  # one thing of one colour each: that is what tells them apart
            return apart / COLOURLESS, (False, False)
    gain = float((x[:, free] * y[:, free]).sum() / (x[:, free] ** 2).sum())
    off = y - min(max(gain, 0.2), 4.0) * x
    off -= np.median(off[:, free], axis=1)[:, None, None]
    return worst((off**2).sum(0), free, COLOUR_BLOCKS) / (sizes[1] + COLOURLESS), (False, False)
