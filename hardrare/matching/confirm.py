"""Whether two pictures are one: aligned, the worst block of what differs decides.

A global correlation cannot tell: it is 0.99 with a vehicle in an empty street. The largest
difference of a block can. A grey level at the end of its range says only "at least" or "at
most", so in a copy of other brightness what a clipped pixel may hide counts as no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import maximum_filter

from hardrare.matching.align import FORMS, TINY, fit, locate, smoothed, turned, warped, without_rim
from hardrare.matching.differ import BLOCKS, Planes, colours, grey, levels, planes, worst

SIDE = 192  # pixels of the longest side
LIKE = 0.6  # correlation below which two pictures are not looked at more closely
STEADY = 4.0  # grey levels added to the standard deviation
GAINS = 0.25, 4.0  # of the grey levels of a copy
WHOLE = 0.97  # share from which on a picture is shown whole
PLAIN = 6.0  # grey levels, standard deviation: a border, and no part of a picture
STEP = 1.25  # pixels
RIM = 2  # pixels at the rim of a part that its surroundings are smoothed into


@dataclass(frozen=True)
class Comparison:
    """How two pictures differ once they are aligned.

    Attributes:
        worst: largest RMS difference of a block over the spread of the pictures; inf where they
            do not lie in each other.
        correlation: at the best place, -1..1.
        form: of `align.FORMS`, what was done to the second.
        first_shown: whether the second shows all that the first does.
        second_shown: whether the first shows all that the second does.
        border: whether what only one of them shows is of one colour.
        gain: of the inner one's grey levels to the outer one's.
        offset: grey levels, likewise.
        colour: largest RMS difference of the colours of a block over their spread; 0 where one
            is grey.
        first_grey: whether the first is grey and the second is not.
        second_grey: the other way round.
    """

    worst: float
    correlation: float = 0.0
    form: int = 0
    first_shown: bool = True
    second_shown: bool = True
    border: bool = False
    gain: float = 1.0
    offset: float = 0.0
    colour: float = 0.0
    first_grey: bool = False
    second_grey: bool = False


APART = Comparison(np.inf)


def compare(
    first: np.ndarray, second: np.ndarray, forms: Sequence[int] = FORMS, side: int = SIDE
) -> Comparison:
    """How two pictures differ where they show the same.

    Args:
        first: `(H, W, 3)` or `(H, W, 1)` uint8.
        second: likewise, of any other size.
        forms: of the second that are tried.
        side: longest side at most, pixels; smaller pictures are compared as they are.
    """
    place = locate(grey(first), grey(second), forms)
    if place is None or place.correlation < LIKE:
        return APART
    other = turned(second, place.form)
    outer, inner = (first, other) if place.second_inside else (other, first)
    size = min(side, max(outer.shape), round(max(inner.shape[:2]) / place.scale))
    over, under = planes(outer, size), planes(inner, round(size * place.scale))
    to = fit(over.grey, under.grey, place.top * size, place.left * size)
    inside = warped(under.grey, over.grey.shape, *to)[1]
    if inside.sum() < 16:
        return APART
    shares = inside.mean(), min(1.0, inside.sum() * to[0].prod() / under.grey.size)
    whole = min(WHOLE, (1 - STEP / size) ** 2)  # a tiny picture may be moved by a pixel
    first_shown, second_shown = (
        bool(share >= whole) for share in (shares if place.second_inside else shares[::-1])
    )
    found, greys = _difference(
        _smooth(over), _moved(_smooth(under), over.grey.shape, to), inside, shares
    )
    first_grey, second_grey = greys if place.second_inside else greys[::-1]
    return replace(
        found, correlation=place.correlation, form=place.form, first_shown=first_shown,
        second_shown=second_shown, first_grey=first_grey, second_grey=second_grey,
    )  # fmt: skip


def _difference(
    over: Planes, moved: Planes, inside: np.ndarray, shares: tuple[float, float]
) -> tuple[Comparison, tuple[bool, bool]]:
    """What two aligned pictures differ in, what surrounds them, and which alone is grey."""
    rest = over.grey[~maximum_filter(inside, 2 * RIM + 1)]  # that the inner is not smoothed into
    if min(shares) < WHOLE and max(over.grey.shape) >= TINY:
        inside = without_rim(inside, RIM)
    found = levels(over, moved, inside)
    fair = GAINS[0] <= found.gain <= GAINS[1]
    spread = float(over.grey[inside].std()) + STEADY
    colour, greys = colours(over, moved, found.free)
    compared = Comparison(
        worst=worst(found.off**2, inside, BLOCKS) / spread if fair else np.inf,
        border=len(rest) > 0 and float(rest.std()) < PLAIN,
        gain=found.gain,
        offset=found.offset,
        colour=colour,
    )
    return compared, greys


def _smooth(maps: Planes) -> Planes:
    """The grey levels smoothed; clipped pixels spread as far as that carries them."""
    return replace(maps, **{n: smoothed(getattr(maps, n)) for n in ("grey", "high", "low")})


def _moved(inner: Planes, shape: tuple[int, ...], to: tuple[np.ndarray, np.ndarray]) -> Planes:
    """The maps of the inner picture on the pixels `(H, W)` of the outer one."""
    return Planes(*(warped(m, shape, *to)[0] if m.size else m for m in vars(inner).values()))
