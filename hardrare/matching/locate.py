"""Where one picture lies in another: its form, scale and place, by normalised cross-correlation.

Small versions of a grey picture are made once and kept (`Sizes`). Every other scale is tried at
32 pixels, the scales around the best at 64: most pairs that show two pictures end after the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2

from hardrare.matching.align import TINY, fitted, turned

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
    """A grey picture `(H, W)` float32 at the sizes that were asked for.

    Attributes:
        longest: pixels of its longest side.
    """

    def __init__(self, grey: np.ndarray) -> None:
        self.longest = max(grey.shape)
        self._made = {self.longest: grey}

    def at(self, longest: int, form: int = 0) -> np.ndarray:
        """With a longest side of so many pixels, in a form."""
        if longest not in self._made:
            self._made[longest] = fitted(self._made[self.longest], longest)
        return turned(self._made[longest], form)


class _Outer:
    """A picture that others are looked for in, moved out a little at its edges."""

    def __init__(self, picture: np.ndarray) -> None:
        self.edge = max(1, max(picture.shape) // 12)
        wide = np.pad(picture, self.edge, mode="edge") - picture.mean()
        self.shape = wide.shape
        self._full = tuple(next_fast_len(side, real=True) for side in wide.shape)
        self._waves = rfft2(wide, self._full)
        powers = np.stack([wide, wide**2]).astype(np.float64)
        self._sums = np.pad(powers, ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)

    def find(self, inner: np.ndarray) -> tuple[float, int, int] | None:
        """Best correlation with `(h, w)`, its top and left; None where that is too large."""
        (high, wide), count = inner.shape, inner.size
        if high > self.shape[0] or wide > self.shape[1]:
            return None
        plain = inner - inner.mean()
        size = float(np.sqrt((plain**2).sum()))
        if size < EVEN * count**0.5:
            return 0.0, 0, 0
        sums = self._sums
        total, squares = (
            sums[:, high:, wide:] - sums[:, :-high, wide:]
            - sums[:, high:, :-wide] + sums[:, :-high, :-wide]
        )  # fmt: skip
        products = irfft2(self._waves * rfft2(plain, self._full).conj(), self._full)
        products = products[: total.shape[0], : total.shape[1]]
        spread = np.sqrt(np.maximum(squares - total**2 / count, 0))
        found = np.where(spread > EVEN * count**0.5, products / np.maximum(spread * size, EVEN), 0)
        found = np.round(found, 6)  # so that of equals the first wins
        top, left = divmod(int(found.argmax()), found.shape[1])
        return float(found[top, left]), top - self.edge, left - self.edge


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
    best, outers = None, {}
    for form, second_inside, scale in tries if side >= TINY else [t for t in tries if t[2] == 1]:
        way = form, second_inside
        if way not in outers:
            outers[way] = _Outer(first.at(side) if second_inside else second.at(side, form))
        longest = round(side * scale)
        inner = second.at(longest, form) if second_inside else first.at(longest)
        here = outers[way].find(inner)
        if here and (best is None or here[0] > best.correlation):
            best = Place(form, second_inside, scale, here[1] / side, here[2] / side, here[0])
        if best and best.correlation >= SURE:
            break
    return best
