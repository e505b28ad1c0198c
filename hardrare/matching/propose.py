"""Pairs that may show one picture: near in a space, measured against how near this set lies.

Of each sample its nearest ones are taken, if they are nearer than nearly all pairs of the set:
pages of text are all alike, so that among them only what is more alike than that counts. The
most outstanding pairs are confirmed first, and only so many as a bound allows. Pictures without
structure, of one colour or gradient, are proposed by their colours alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hardrare.matching import shades, spectra
from hardrare.matching.align import FORMS
from hardrare.matching.nearest import NEAREST, nearest
from hardrare.numerics.blocks import row_blocks
from hardrare.numerics.points import unit

OUTSTANDING = 4.0  # deviations above the median of the set's pairs
DRAWN = 20_000  # pairs that say how the set lies
BARS = 0.3, 0.95  # least and largest cosine that the set may ask for,
FIRST = 0.8  # the latter of a sample's nearest: of forms of one print a rescan is at 0.85
UNIFORM = 0.6  # median likeness of a set whose pictures are all alike
STRAIGHT = 0, 4  # forms that features may call alike: the picture and its mirror image
SHADES = 0.8, 10.0  # likeness from which on two shades are a pair, and deviations that it counts


@dataclass
class Pair:
    """Two rows, `first < second`, that may show one picture.

    Attributes:
        forms: of the second that are alike, the likeliest first.
        similarity: largest cosine over the spaces.
        standing: how far above the set's other pairs, in deviations.
    """

    first: int
    second: int
    forms: list[int] = field(default_factory=list)
    similarity: float = -1.0
    standing: float = 0.0


@dataclass(frozen=True)
class Proposals:
    """What is worth a look.

    Attributes:
        pairs: the most outstanding first.
        nearest: `(N,)` row of the most alike other sample, -1 where there is none.
        similarity: `(N,)` its cosine.
        recall: share of the true nearest ones that were looked at; 1 up to `nearest.ALL` samples.
        uniform: whether the pictures are all alike: scans of one form, frames of one camera.
    """

    pairs: list[Pair]
    nearest: np.ndarray
    similarity: np.ndarray
    recall: float = 1.0
    uniform: bool = False


def propose(
    low: np.ndarray, features: np.ndarray | None = None, surfaces: np.ndarray | None = None
) -> Proposals:
    """Pairs of N samples, the most outstanding first.

    Args:
        low: `(N, 8, 8)`, as `spectra.frequencies`.
        features: `(N, D)` of a frozen network, if there is one.
        surfaces: `(N, 48)`, as `shades.surfaces`; None = every picture has structure.
    """
    made = _Proposing(len(low))
    of = np.arange(len(low))
    if surfaces is not None and not (structured := np.isnan(surfaces[:, 0])).all():
        made.take_shades(np.flatnonzero(~structured), surfaces[~structured])
        of, low = of[structured], low[structured]
        features = None if features is None else features[structured]
    if len(low) < 2:
        return made.done()
    made.uniform = spectra.likeness(low) > UNIFORM
    space = spectra.SpectralPoints(low)
    plain = space.points(low)
    usual = _usual(plain)
    for form in FORMS:
        turned = plain if form == 0 else space.points(spectra.turned(low, form))
        made.take(turned, plain, usual, [form], of)
    if features is not None:
        points = _centred(features)
        made.take(points, points, _usual(points), STRAIGHT, of)
    return made.done()


class _Proposing:
    """Gathers pairs over the spaces."""

    def __init__(self, size: int) -> None:
        self.pairs: dict[tuple[int, int], Pair] = {}
        self.recall, self.uniform = 1.0, False
        self.nearest = np.full(size, -1)
        self.similarity = np.full(size, -1.0, np.float32)

    def take(
        self,
        asked: np.ndarray,
        given: np.ndarray,
        usual: tuple[float, float],
        forms: Sequence[int],
        of: np.ndarray,
    ) -> None:
        """The nearest of the points `(n, D)` of rows `(n,)`, where they stand out, as pairs."""
        median, deviation = usual
        bar = min(max(median + OUTSTANDING * deviation, BARS[0]), BARS[1])
        bars = np.array([min(bar, FIRST) if 0 in forms else bar, *[bar] * (NEAREST - 1)])
        for near in nearest(asked, given):
            rows, others, cosines = of[near.rows], of[near.others], near.cosines
            self.recall = min(self.recall, near.recall)
            better = cosines[:, 0] > self.similarity[rows]
            self.similarity[rows[better]] = cosines[better, 0]
            self.nearest[rows[better]] = others[better, 0]
            for at, rank in zip(*np.nonzero(cosines >= bars[: cosines.shape[1]]), strict=True):
                standing = (cosines[at, rank] - median) / deviation
                self._add(int(rows[at]), int(others[at, rank]), forms, cosines[at, rank], standing)

    def take_shades(self, of: np.ndarray, surfaces: np.ndarray) -> None:
        """Rows `(n,)` without structure whose colours `(n, 48)` are nearly the same, as pairs."""
        self.similarity[of] = 0  # of the most alike other one, unless it is of nearly its colours
        for row, other, alike in shades.near(surfaces):
            pair = int(of[row]), int(of[other])
            for own, most in (pair, pair[::-1]):
                if alike > self.similarity[own]:
                    self.similarity[own], self.nearest[own] = alike, most
            if alike >= SHADES[0]:
                self._add(*pair, [0], alike, alike * SHADES[1])

    def _add(
        self, asked: int, given: int, forms: Iterable[int], cosine: float, standing: float
    ) -> None:
        low, high = sorted((asked, given))
        pair = self.pairs.setdefault((low, high), Pair(low, high))
        turned = [form if asked == high else spectra.inverse(form) for form in forms]
        fresh = [form for form in turned if form not in pair.forms]
        pair.forms = fresh + pair.forms if standing > pair.standing else pair.forms + fresh
        pair.similarity = max(pair.similarity, float(cosine))
        pair.standing = max(pair.standing, float(standing))

    def done(self) -> Proposals:
        """All pairs in the order in which they are worth a look."""
        order = sorted(
            self.pairs.values(), key=lambda p: (-round(p.standing, 4), p.first, p.second)
        )
        return Proposals(order, self.nearest, self.similarity, self.recall, self.uniform)


def _usual(points: np.ndarray) -> tuple[float, float]:
    """Median and robust deviation of the cosines of random pairs of `(N, D)` points."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, len(points), (2, DRAWN))
    apart = first != second
    cosines = np.einsum("nd,nd->n", points[first[apart]], points[second[apart]])
    median = float(np.median(cosines))
    return median, max(1.4826 * float(np.median(np.abs(cosines - median))), 0.01)


def _centred(features: np.ndarray) -> np.ndarray:
    """Features `(N, D)` less their mean, of length 1; those that are the mean stay at 0.

    All in their own precision, unlike `centred` and `points`: by these 5 % of the digits'
    similarities have another sixth digit, and no pair is another.
    """
    mean, made = features.mean(axis=0), np.empty(features.shape, np.float32)
    for block in row_blocks(len(features), 8 * features.shape[1]):
        made[block] = unit((features[block] - mean).astype(np.float32))
    return made
