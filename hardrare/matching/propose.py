"""Pairs that may show one picture: near in a space, measured against how near this set lies.

Of each sample its nearest ones are taken, if they are nearer than nearly all pairs of the set:
pages of text are all alike, so that among them only what is more alike than that counts. The
most outstanding pairs are confirmed first, and only so many as a bound allows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hardrare.matching import spectra
from hardrare.matching.align import FORMS

NEAREST = 3  # of each sample, in each space and form
OUTSTANDING = 4.0  # deviations above the median of the set's pairs
DRAWN = 20_000  # pairs that say how the set lies
BLOCK = 512  # rows compared with all others at a time
BARS = 0.3, 0.95  # least and largest cosine that the set may ask for
STRAIGHT = 0, 4  # forms that features may call alike: the picture and its mirror image


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
    """The pairs, and of each sample the most alike other one: its row and cosine `(N,)`."""

    pairs: list[Pair]
    nearest: np.ndarray
    similarity: np.ndarray


def propose(low: np.ndarray, features: np.ndarray | None = None) -> Proposals:
    """Pairs of N samples, the most outstanding first.

    Args:
        low: `(N, 8, 8)`, as `spectra.frequencies`.
        features: `(N, D)` of a frozen network, if there is one.
    """
    made = _Proposing(len(low))
    if len(low) < 2:
        return made.done()
    space = spectra.Space(low)
    plain = space.points(low)
    usual = _usual(plain)
    for form in FORMS:
        turned = plain if form == 0 else space.points(spectra.turned(low, form))
        made.take(turned, plain, usual, [form])
    if features is not None:
        points = _centred(features)
        made.take(points, points, _usual(points), STRAIGHT)
    return made.done()


class _Proposing:
    """Gathers pairs over the spaces."""

    def __init__(self, size: int) -> None:
        self.pairs: dict[tuple[int, int], Pair] = {}
        self.nearest = np.full(size, -1)
        self.similarity = np.full(size, -1.0, np.float32)

    def take(
        self, asked: np.ndarray, given: np.ndarray, usual: tuple[float, float], forms: Sequence[int]
    ) -> None:
        """The nearest of the points `(N, D)`, where they stand out, as pairs of these forms."""
        median, deviation = usual
        bar = min(max(median + OUTSTANDING * deviation, BARS[0]), BARS[1])
        for rows, others, cosines in _nearest(asked, given):
            better = cosines[:, 0] > self.similarity[rows]
            self.similarity[rows[better]] = cosines[better, 0]
            self.nearest[rows[better]] = others[better, 0]
            for at, rank in zip(*np.nonzero(cosines >= bar), strict=True):
                standing = (cosines[at, rank] - median) / deviation
                self._add(int(rows[at]), int(others[at, rank]), forms, cosines[at, rank], standing)

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
        return Proposals(order, self.nearest, self.similarity)


def _nearest(
    asked: np.ndarray, given: np.ndarray
) -> Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Rows `(b,)`, their nearest others `(b, k)` and cosines, descending; of equals the first."""
    count = min(NEAREST, len(given) - 1)
    for start in range(0, len(asked), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(asked)))
        cosines = np.round(asked[rows] @ given.T, 6)
        cosines[np.arange(len(rows)), rows] = -np.inf
        found, values = [], []
        for _ in range(count):
            best = cosines.argmax(axis=1)
            found.append(best)
            values.append(cosines[np.arange(len(rows)), best])
            cosines[np.arange(len(rows)), best] = -np.inf
        yield rows, np.stack(found, 1), np.stack(values, 1)


def _usual(points: np.ndarray) -> tuple[float, float]:
    """Median and robust deviation of the cosines of random pairs of `(N, D)` points."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, len(points), (2, DRAWN))
    apart = first != second
    cosines = np.einsum("nd,nd->n", points[first[apart]], points[second[apart]])
    median = float(np.median(cosines))
    return median, max(1.4826 * float(np.median(np.abs(cosines - median))), 0.01)


def _centred(features: np.ndarray) -> np.ndarray:
    """Features `(N, D)` less their mean, of length 1; those that are the mean stay at 0."""
    rows = (features - features.mean(axis=0)).astype(np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
