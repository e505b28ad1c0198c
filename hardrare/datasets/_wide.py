"""Pixels of 16 and 32 bits and floats: one range for the whole set, from the data.

Files of scanners, microscopes and scientific cameras use a part of their range, such as counts
of 100 to 900. Each scaled by itself would lose what makes pictures differ; all scaled by the
range of the type would leave four grey levels. So black and white are the least and the largest
value of all such pictures, one pair for each kind of number: those of a set that was written
wider are then the ones it had. Where these lie far off (a dead pixel, a hot one), they are two
quantiles. Where most pictures of the set have 8 bits, wide
ones are to look like these: then it is the whole range of their depth, as the writer meant it, so
that one photograph of 16 bits keeps its exposure.
"""

from collections.abc import Callable, Iterable, Mapping
from threading import Lock

import numpy as np

QUANTILES = (0.001, 0.999)  # of the sampled values, what becomes black and white
VALUES = 1024  # of each picture, evenly spread
NEAR = 0.05  # of what lies between the quantiles: so near, the least and largest value count
DEPTHS = 8, 10, 12, 14, 16, 24, 32  # bits of whole numbers
FLOATS = 1.0, 255.0  # what white is in pictures of floats

Limits = tuple[float, float]
Samples = Iterable[np.ndarray]  # values of wide pictures, one array each


class Unknown(Exception):
    """The range is asked for where only a part of the pictures is at hand."""


def unknown() -> Samples:
    """In place of the samples of a Range, where others know all wide pictures."""
    raise Unknown


class Range:
    """What becomes black and white, found when the first wide picture is met."""

    def __init__(
        self, given: Limits | None, samples: Callable[[], Samples], count: int = 0
    ) -> None:
        """Take limits as given, or a way to go over all wide pictures once more.

        Args:
            given: black and white, None = from the data.
            samples: some values of each wide picture.
            count: pictures of the set, wide or not; 0 = the wide ones.
        """
        self.given, self._samples, self._count = given, samples, count
        self._known: dict[str, Limits] | None = None
        self._lock = Lock()

    def eight_bits(self, values: np.ndarray) -> np.ndarray:
        """Values of any number type to uint8 of the same shape; what is no number is black."""
        low, high = self._limits(kind_of(values))
        if low == high:
            return np.full(values.shape, 128, np.uint8)
        scaled = (np.nan_to_num(values.astype(np.float32), nan=low) - low) * (255 / (high - low))
        return np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)

    def known(self) -> dict[str, Limits]:
        """The limits that are known by now, by kind of number."""
        return self._known or {}

    def know(self, limits: Mapping[str, Limits]) -> None:
        """Take limits that others have found or used."""
        if limits:
            self._known = (self._known or {}) | {k: (v[0], v[1]) for k, v in limits.items()}

    def find(self, samples: Samples) -> None:
        """Find the limits from some values of every wide picture of the set."""
        self._known = _limits(samples, self._count)

    def told(self) -> str:
        """The limits that were used, in words; empty where there was no wide picture."""
        if self._known is None:
            return ""
        return ", ".join(f"{k} {a:g} to {b:g}" for k, (a, b) in sorted(self._known.items()))

    def _limits(self, kind: str) -> Limits:
        with self._lock:
            if self._known is None:
                self._known = {} if self.given else _limits(self._samples(), self._count)
            if self.given:
                self._known[kind] = self.given
            return self._known.get(kind, (0.0, 0.0))


def kind_of(values: np.ndarray) -> str:
    """The kind of number that a range is for."""
    return "floats" if values.dtype.kind == "f" else "whole numbers"


def sample(values: np.ndarray) -> np.ndarray:
    """A few values of a picture, evenly spread, then its least and largest; the type stays.

    Finite ones only; none of a picture that has none.
    """
    every = values.reshape(-1)
    few = every[:: max(1, values.size // VALUES)]
    if every.dtype.kind == "f":
        every, few = every[np.isfinite(every)], few[np.isfinite(few)]
    return np.append(few, [every.min(), every.max()]).astype(every.dtype) if every.size else few


def _limits(samples: Samples, count: int) -> dict[str, Limits]:
    by_kind: dict[str, list[np.ndarray]] = {}
    for few in samples:
        by_kind.setdefault(kind_of(few), []).append(few)
    limits = {}
    for kind, parts in by_kind.items():
        low, high = _ends([part for part in parts if part.size])
        few = 2 * len(parts) < count and low >= 0
        limits[kind] = _of_depth(kind, float(high)) if few else (float(low), float(high))
    return limits


def _ends(parts: list[np.ndarray]) -> Limits:
    """The least and largest value of samples, or quantiles where it lies far off."""
    if not parts:
        return 0.0, 0.0
    spread = np.concatenate([part[:-2] for part in parts]).astype(np.float32)
    low, high = np.quantile(spread, QUANTILES) if spread.size else (np.inf, -np.inf)
    least = min(float(part[-2]) for part in parts)
    largest = max(float(part[-1]) for part in parts)
    room = NEAR * (high - low) if spread.size else np.inf
    return (
        least if low - least <= room else float(low),
        largest if largest - high <= room else float(high),
    )


def _of_depth(kind: str, high: float) -> Limits:
    """Black and white of the least depth that holds a value."""
    whites = FLOATS if kind == "floats" else [float(2**bits - 1) for bits in DEPTHS]
    return 0.0, next((white for white in whites if high <= white), high)
