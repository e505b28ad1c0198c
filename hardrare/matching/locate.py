"""Where one picture lies in another: its form, scale and place, by normalised cross-correlation.

Small versions of a grey picture and their Fourier transforms are made once and kept (`Sizes`).
Every other scale is tried at 32 pixels, all of them by one product of transforms, the scales
around the best at 64: most pairs that show two pictures end after the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2

from hardrare.matching.align import turned
from hardrare.matching.filters import TINY, fitted

COARSE, FINE = 32, 64  # pixels of the longest side, where the place is looked for
SCALES = np.linspace(1.0, 0.7, 9)  # of the inner picture's side to the outer one's
SURE = 0.98  # correlation from which on no other scale is tried
WORTH = 0.5  # correlation at the coarse size below which no finer one is tried
EVEN = 1e-3  # grey levels, standard deviation: a part of one colour
_TRIES = [(float(s), i) for s in SCALES[::2] for i in ((True, False) if s < 1 else (True,))]


@dataclass(frozen=True)
class Place:
    """Where the inner picture lies in the outer one.

    Attributes:
        form: of `align.FORMS`; what was done to the second picture before.
        second_inside: whether the second lies in the first, or the first in the second.
        scale: longest side of the inner, in shares of the outer one's longest side.
        top: of the inner picture's corner in the outer one, in shares of that longest side.
        left: likewise.
        correlation: there, -1..1.
    """

    form: int
    second_inside: bool
    scale: float
    top: float
    left: float
    correlation: float


class Sizes:
    """A grey picture `(H, W)` float32 at the sizes that were asked for, and as waves.

    Attributes:
        longest: pixels of its longest side.
    """

    def __init__(self, grey: np.ndarray) -> None:
        self.longest = max(grey.shape)
        self._made = {self.longest: grey}
        self._kept: dict[tuple, _Outer | _Inners] = {}

    def at(self, longest: int, form: int = 0) -> np.ndarray:
        """With a longest side of so many pixels, in a form."""
        if longest not in self._made:
            self._made[longest] = fitted(self._made[self.longest], longest)
        return turned(self._made[longest], form)

    def outer(self, side: int, form: int) -> "_Outer":
        """As the picture that others of `side` pixels are looked for in."""
        key = side, form
        if key not in self._kept:
            self._kept[key] = _Outer(self.at(side, form), side)
        return self._kept[key]

    def inner(self, side: int, form: int, longest: tuple[int, ...]) -> "_Inners":
        """With some longest sides in pixels, as what is looked for in one of `side` pixels."""
        key = side, form, longest
        if key not in self._kept:
            self._kept[key] = _Inners([self.at(picture, form) for picture in longest], side)
        return self._kept[key]


def _edge(side: int) -> int:
    """Pixels by which a picture that others are looked for in is moved out at its edges."""
    return max(1, side // 12)


def _waves(pictures: Sequence[np.ndarray], side: int) -> np.ndarray:
    """Fourier transforms `(k, F, F // 2 + 1)`, of one size for all pictures of a side."""
    full = next_fast_len(side + 2 * _edge(side), real=True)
    wide = np.zeros((len(pictures), full, full), np.float32)
    for frame, picture in zip(wide, pictures, strict=True):
        frame[: picture.shape[0], : picture.shape[1]] = picture
    return rfft2(wide)


class _Inners:
    """A picture at k scales that is looked for in others: less its mean, as waves, and its size."""

    def __init__(self, pictures: Sequence[np.ndarray], side: int) -> None:
        plain = [picture - picture.mean() for picture in pictures]
        self.shapes = tuple(picture.shape for picture in plain)
        self.sizes = np.array([float(np.sqrt((picture**2).sum())) for picture in plain])
        self.even = self.sizes < EVEN * np.sqrt([picture.size for picture in plain])
        self.waves = _waves(plain, side).conj()


class _Outer:
    """A picture that others are looked for in, moved out a little at its edges."""

    def __init__(self, picture: np.ndarray, side: int) -> None:
        self.edge = _edge(max(picture.shape))
        rows, columns = (np.clip(np.arange(-self.edge, size + self.edge), 0, size - 1)
                         for size in picture.shape)  # fmt: skip
        wide = picture.take(rows, 0).take(columns, 1) - picture.mean()
        self.shape, self._waves = wide.shape, _waves([wide], side)
        self._sums = np.zeros((2, wide.shape[0] + 1, wide.shape[1] + 1))
        self._sums[0, 1:, 1:], self._sums[1, 1:, 1:] = wide, wide**2
        self._sums = self._sums.cumsum(1).cumsum(2)
        self._spreads: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}

    def find(self, inners: _Inners) -> list[tuple[float, int, int] | None]:
        """Best correlation with each, its top and left; None where that one is too large."""
        spreads, shut = self._spread(inners.shapes)
        full = 2 * self._waves.shape[1:2]
        products = irfft2(self._waves * inners.waves, full)
        there = products[:, : spreads.shape[1], : spreads.shape[2]] * spreads
        there /= np.where(inners.even, 1, inners.sizes)[:, None, None]
        there = np.where(shut, -np.inf, np.round(there, 6)).reshape(len(there), -1)
        best = there.argmax(axis=1)  # of equals the first
        places = []
        for k, at in enumerate(best.tolist()):
            top, left = divmod(at, spreads.shape[2])
            value = float(there[k, at])
            even = (0.0, 0, 0) if inners.even[k] else (value, top - self.edge, left - self.edge)
            places.append(None if value == -np.inf else even)
        return places

    def _spread(self, shapes: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        """For parts of k shapes at each place `(k, R, C)` one over the root of their power.

        0 where a part is of one colour. And where none lies, bool.
        """
        if shapes not in self._spreads:
            room = [(self.shape[0] - high + 1, self.shape[1] - wide + 1) for high, wide in shapes]
            most = tuple(max(1, *(shape[axis] for shape in room), 1) for axis in (0, 1))
            spreads, shut = np.zeros((len(shapes), *most)), np.ones((len(shapes), *most), bool)
            for k, ((high, wide), (rows, columns)) in enumerate(zip(shapes, room, strict=True)):
                if min(rows, columns) > 0:
                    spreads[k, :rows, :columns] = _spread(self._sums, high, wide)
                    shut[k, :rows, :columns] = False
            self._spreads[shapes] = spreads, shut
        return self._spreads[shapes]


def _spread(sums: np.ndarray, high: int, wide: int) -> np.ndarray:
    """One over the root of the power of each part, by sums of values and squares `(2, H, W)`."""
    total, squares = (
        sums[:, high:, wide:] - sums[:, :-high, wide:]
        - sums[:, high:, :-wide] + sums[:, :-high, :-wide]
    )  # fmt: skip
    count = high * wide
    spread = np.sqrt(np.maximum(squares - total**2 / count, 0))
    return np.where(spread > EVEN * count**0.5, 1 / np.maximum(spread, EVEN), 0)


def locate(first: Sizes, second: Sizes, forms: Sequence[int]) -> Place | None:
    """The best place of one grey picture in the other, over some forms and all scales.

    Args:
        first: one picture.
        second: the other, of any other size.
        forms: of the second that are tried, in order; of equals the first wins.

    Returns:
        None where no form of the second fits: shapes too unlike.
    """
    rough = _best(first, second, [(f, i, s) for f in forms for s, i in _TRIES], COARSE)
    if rough is None or rough.correlation < WORTH or max(first.longest, second.longest) < TINY:
        return rough
    near = SCALES[np.abs(SCALES - rough.scale) < 0.04]
    ways = (True, False) if rough.scale == 1 else (rough.second_inside,)
    tries = [(rough.form, way, float(s)) for s in near for way in (ways if s < 1 else (True,))]
    return _best(first, second, tries, FINE) or rough


def _best(
    first: Sizes, second: Sizes, tries: Sequence[tuple[int, bool, float]], side: int
) -> Place | None:
    """The best of some tries: form, whether the second lies inside, scale."""
    side = min(side, max(first.longest, second.longest))
    best, ways = None, {}
    for form, second_inside, scale in tries if side >= TINY else [t for t in tries if t[2] == 1]:
        ways.setdefault((form, second_inside), []).append(scale)
    for (form, second_inside), scales in ways.items():
        outer = first.outer(side, 0) if second_inside else second.outer(side, form)
        inner = (second, form) if second_inside else (first, 0)
        longest = tuple(round(side * scale) for scale in scales)
        inners = inner[0].inner(side, inner[1], longest)
        for scale, here in zip(scales, outer.find(inners), strict=True):
            if here and (best is None or here[0] > best.correlation):
                top, left = here[1] / side, here[2] / side
                best = Place(form, second_inside, scale, top, left, here[0])
        if best and best.correlation >= SURE:
            break
    return best
