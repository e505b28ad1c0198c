"""What becomes of a proposed pair: a copy that may go, two pictures that are like, or neither."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hardrare.matching import shades
from hardrare.matching.closer import CLOSE, beyond
from hardrare.matching.confirm import Comparison, Shown, compare
from hardrare.matching.kinds import (
    Copy,
    apart,
    changed,
    copy,
    flattened,
    framed,
    like,
    tells,
)
from hardrare.matching.propose import SHADES
from hardrare.matching.spectra import SIDE as SQUARE
from hardrare.matching.worth import Facts

# Pixels of the longest side beyond which letters cannot be read: of a drawing, and of a screen that
# is too full to look like one at the size at which pictures are compared.
UNSEEN, FULL = 1000, 480


@dataclass(frozen=True)
class Verdict:
    """Of a pair: how it is one picture, or None, and whether the two are like all the same."""

    copy: Copy | None = None
    like: bool = False


@dataclass(frozen=True)
class Judge:
    """Compares pairs of rows.

    Attributes:
        picture: a row to its picture.
        longest: a row and a side to its picture `(h, w, C)` uint8, no longer than that.
        facts: of each sample.
        worst_block: largest residual of a copy.
        uniform: whether the pictures of the set are all alike.
    """

    picture: Callable[[int], Shown]
    longest: Callable[[int, int], np.ndarray]
    facts: Sequence[Facts]
    worst_block: float
    uniform: bool

    def __call__(self, first: int, second: int, forms: Sequence[int]) -> Verdict:
        """Compare two rows, the second in some forms."""
        shown, other = self.picture(first), self.picture(second)
        if shown.even or other.even:  # any gradient fits any other once gain and offset are free
            return self._shades(first, second)
        compared = compare(shown, other, forms)
        as_copy = copy(compared, self.worst_block)
        if as_copy is None:
            return Verdict(like=like(compared) and not self.uniform)
        if (
            tells(compared, self.uniform)
            or self._unread(first, second, compared)
            or self._apart(first, second, compared)
        ):
            return Verdict(like=True)
        sides = self.facts[first].sides, self.facts[second].sides
        return self._clear(first, second, framed(as_copy, compared, *sides))

    def _shades(self, first: int, second: int) -> Verdict:
        """Two pictures of which one has no structure: only colours decide, of two such ones."""
        own, other = (
            shades.surfaces(self.longest(row, SQUARE)[None])[0] for row in (first, second)
        )
        off = shades.apart(own, other)
        near = (self.longest(row, CLOSE)[None] for row in (first, second))
        if np.isnan(
            [off, *(shades.surfaces(picture, shades.FINE)[0, 0] for picture in near)]
        ).any():
            return Verdict()
        compared = Comparison(off / shades.UNLIKE, drawn=True)
        if off <= shades.SAME and not (off and self._unread(first, second, compared)):
            return self._clear(first, second, copy(compared, self.worst_block))
        return Verdict(like=off <= (1 - SHADES[0]) * shades.UNLIKE)

    def _clear(self, first: int, second: int, pair: Copy | None) -> Verdict:
        """A confirmed pair of which one may be transparent: the other stays where it is larger."""
        own, other = self.facts[first], self.facts[second]
        clear, solid = (own, other) if own.clear else (other, own)
        if clear.clear > solid.clear and np.prod(solid.sides) > np.prod(clear.sides):
            return Verdict(like=True)
        return Verdict(pair and flattened(pair, own.clear, other.clear))

    def _unread(self, first: int, second: int, compared: Comparison) -> bool:
        """Whether a clock or a number may differ in drawings that nobody could see here."""
        own, other = self.facts[first], self.facts[second]
        exact = own.lossless and other.lossless and own.sides == other.sides != (0, 0)
        if exact and not changed(compared):  # nothing but an edit parts two such files
            return True
        longest = max(*own.sides, *other.sides)
        if compared.drawn:
            return exact or longest > UNSEEN
        return (own.screen or other.screen) and longest > FULL

    def _apart(self, first: int, second: int, compared: Comparison) -> bool:
        """Whether a small part differs beyond what saving again explains."""
        own, other = (self.longest(row, CLOSE) for row in (first, second))
        return apart(compared, beyond(own, other, compared))
