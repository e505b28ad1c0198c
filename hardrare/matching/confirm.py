"""Whether two pictures are one: aligned, the worst block of what differs decides.

A global correlation cannot tell: it is 0.99 with a vehicle in an empty street. The largest
difference of a block can. A grey level at the end of its range says only "at least" or "at
most", so in a copy of other brightness what a clipped pixel may hide counts as no difference.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hardrare.matching.align import (
    FORMS,
    enlarged,
    fit,
    reach,
    turned,
    warped,
    without_rim,
)
from hardrare.matching.colours import colours
from hardrare.matching.differ import (
    BLOCKS,
    FEW,
    Planes,
    grey,
    levels,
    over_blocks,
    planes,
    shift,
    smooth,
)
from hardrare.matching.drawn import drawn
from hardrare.matching.filters import TINY, smoothed
from hardrare.matching.locate import Place, Sizes, locate
from hardrare.matching.shades import FINE, surfaces

SIDE = 192  # pixels of the longest side
LOOK = 64  # pixels, of a first look, and
HOPELESS = 0.75  # the worst block there from which on no closer one is taken,
AGREED, MOST = 0.25, 0.6  # unless so many blocks differ by less: a mark may be set on a picture
LIKE = 0.6  # correlation below which two pictures are not looked at more closely
STEADY = 4.0  # grey levels added to the standard deviation
GAINS = 0.25, 4.0  # of the grey levels of a copy
WHOLE = 0.97  # share from which on a picture is shown whole
PLAIN = 6.0  # grey levels, standard deviation: a border, and no part of a picture,
MARK = 8.0  # unless one of its pixels is so many levels away: there is a caption on it
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
        share: of the outer picture's pixels, in which the inner one lies.
        shift: grey levels, how far dark, light or coloured parts moved.
        colour: largest RMS difference of the colours of a block over their spread; 0 where one
            is grey.
        first_grey: whether the first is grey and the second is not.
        second_grey: the other way round.
        agree: share of the blocks that differ no more than those of copies do.
        drawn: whether one of them is drawn: nothing of it is hidden by clipping.
        place: where one lies in the other, and
        map: exactly, for a closer look.
    """

    worst: float
    correlation: float = 0.0
    form: int = 0
    first_shown: bool = True
    second_shown: bool = True
    border: bool = False
    share: float = 1.0
    shift: float = 0.0
    colour: float = 0.0
    first_grey: bool = False
    second_grey: bool = False
    agree: float = 0.0
    drawn: bool = False
    place: Place | None = field(default=None, compare=False)
    map: "Map | None" = field(default=None, compare=False)


@dataclass(frozen=True)
class Map:
    """A map, as `align.fit`, and the shapes `(2,)` of the outer and the inner picture there."""

    to: tuple[np.ndarray, np.ndarray]
    shapes: tuple[np.ndarray, np.ndarray]


APART = Comparison(np.inf)


class Shown:
    """A picture `(H, W, 3)` or `(H, W, 1)` uint8, and its grey levels at several sizes."""

    def __init__(self, picture: np.ndarray) -> None:
        self.picture, self.sizes = picture, Sizes(grey(picture))
        self._small: dict[int, Planes] = {}
        self._drawn: bool | None = None
        self._even: bool | None = None

    @property
    def even(self) -> bool:
        """Whether it has no structure: one colour, or one gradient."""
        if self._even is None:
            self._even = not np.isnan(surfaces(self.picture[None], FINE)[0, 0])
        return self._even

    @property
    def drawn(self) -> bool:
        """Whether it is drawn rather than photographed."""
        if self._drawn is None:
            self._drawn = drawn(smoothed(self.sizes.at(min(SIDE, self.sizes.longest))))
        return self._drawn

    def planes(self, longest: int, form: int) -> Planes:
        """Its smoothed maps at a size, in a form; small ones are kept for further comparisons."""
        made = self._small.get(longest) or smooth(planes(self.picture, longest))
        if longest <= LOOK:
            self._small[longest] = made
        return Planes(*(turned(plane, form) for plane in vars(made).values()))


def compare(
    first: np.ndarray | Shown,
    second: np.ndarray | Shown,
    forms: Sequence[int] = FORMS,
    side: int = SIDE,
) -> Comparison:
    """How two pictures differ where they show the same.

    Args:
        first: `(H, W, 3)` or `(H, W, 1)` uint8.
        second: likewise, of any other size.
        forms: of the second that are tried.
        side: longest side at most, pixels; smaller pictures are compared as they are.
    """
    first, second = (p if isinstance(p, Shown) else Shown(p) for p in (first, second))
    place = locate(first.sizes, second.sizes, forms)
    if place is None or place.correlation < LIKE:
        return APART
    outer, inner = (first, second) if place.second_inside else (second, first)
    longest = [max(planes.picture.shape[:2]) for planes in (outer, inner)]
    size = min(side, longest[0], round(longest[1] / place.scale))
    if size <= LOOK:
        return _aligned(outer, inner, place, size, None)[0]
    rough, to = _aligned(outer, inner, place, LOOK, None, whole=False)
    hopeless = rough.worst > HOPELESS and rough.agree < MOST
    return rough if hopeless else _aligned(outer, inner, place, size, to)[0]


def _aligned(
    outer: Shown, inner: Shown, place: Place, size: int, near: Map | None, whole: bool = True
) -> tuple[Comparison, Map]:
    """The comparison at a size, and the map of the outer one's pixels into the inner one.

    Args:
        outer: the picture in which the other lies.
        inner: the other.
        place: where it lies.
        size: longest side of the outer one, pixels.
        near: a map that was fitted at a smaller size, and the shapes there.
        whole: whether colours and levels are compared, too, where the worst block is not hopeless.
    """
    forms = (0, place.form) if place.second_inside else (place.form, 0)
    over = outer.planes(size, forms[0])
    under = inner.planes(round(size * place.scale), forms[1])
    shapes = np.array(over.grey.shape), np.array(under.grey.shape)
    scale, offset = np.eye(2), np.array([-place.top * size, -place.left * size])
    if near:
        scale, offset = enlarged(*near.to, shapes[0] / near.shapes[0], shapes[1] / near.shapes[1])
    to = fit(over.grey, under.grey, scale, offset)
    inside = reach(under.grey.shape, over.grey.shape, *to)
    if inside.sum() < 16:
        return APART, Map(to, shapes)
    shares = inside.mean(), min(1.0, inside.sum() * np.linalg.det(to[0]) / under.grey.size)
    most = min(WHOLE, (1 - STEP / size) ** 2)  # a tiny picture may be moved by a pixel
    order = slice(None, None, 1 if place.second_inside else -1)
    shown = [bool(share >= most) for share in shares[order]]
    to = Map(to, shapes)

    def hiding() -> bool:
        return size < LOOK or not (outer.drawn or inner.drawn)

    moved = moved_onto(under, over.grey.shape, to.to)
    compared, greys = _difference(over, moved, inside, shares, whole, hiding)
    return replace(
        compared, correlation=place.correlation, form=place.form, first_shown=shown[0],
        second_shown=shown[1], share=float(shares[0]), first_grey=greys[order][0],
        second_grey=greys[order][1], drawn=whole and (outer.drawn or inner.drawn), place=place,
        map=to,
    ), to  # fmt: skip


def _difference(
    over: Planes,
    moved: Planes,
    inside: np.ndarray,
    shares: tuple[float, float],
    whole: bool,
    hiding: Callable[[], bool],
) -> tuple[Comparison, tuple[bool, bool]]:
    """What two aligned pictures differ in, what surrounds them, and which alone is grey."""
    around = np.ones_like(inside)  # less what the inner is smoothed into
    rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    around[max(rows[0] - RIM, 0) : rows[-1] + RIM + 1,
           max(columns[0] - RIM, 0) : columns[-1] + RIM + 1] = False  # fmt: skip
    rest = over.grey[around]
    if min(shares) < WHOLE and max(over.grey.shape) >= TINY:
        inside = without_rim(inside, RIM)
    fitted = levels(over, moved, inside, hiding)
    fair = GAINS[0] <= fitted.gain <= GAINS[1]
    spread = float(over.grey[inside].std()) + STEADY
    apart = over_blocks(fitted.off**2, inside, BLOCKS) / spread
    compared = Comparison(
        worst=float(apart.max(initial=0.0)) if fair else np.inf,
        agree=float((apart <= AGREED).mean()) if fair and len(apart) else 0.0,
        border=len(rest) > 0 and _plain(rest),
    )
    if not whole or (compared.worst > HOPELESS and compared.agree < MOST):
        return compared, (False, False)
    part = fitted.free if fitted.free.sum() > FEW * inside.sum() else inside
    colour, greys = colours(over, moved, fitted.free)
    return replace(compared, shift=shift(over, moved, part), colour=colour), greys


def _plain(rest: np.ndarray) -> bool:
    """Whether grey levels around a picture are of one colour, and no letter stands among them."""
    return float(rest.std()) < PLAIN and float(np.abs(rest - np.median(rest)).max()) < MARK


def moved_onto(inner: Planes, shape: tuple[int, ...], to: tuple[np.ndarray, np.ndarray]) -> Planes:
    """The maps of the inner picture on the pixels `(H, W)` of the outer one."""
    full = [name for name, plane in vars(inner).items() if plane.size]
    made = warped(np.stack([getattr(inner, name) for name in full]), shape, *to)
    return replace(inner, **dict(zip(full, made, strict=True)))
