"""Appearance: what one look at a picture tells, without learning and without other pictures.

A statistic is one file with one function, named alike. Its parameters are the views of a
stack of pictures that it reads (see `_views`)::

    @statistic(unit="bits", harder="low", source="Shannon, 1948")
    def entropy(histogram: np.ndarray) -> np.ndarray: ...

To add one, add its file: nothing else names it. Files that start with an underscore hold
what several share. Pictures are measured at their own resolution: what blurs, grains or
bands a picture is gone when it is shrunk. Nothing here imports torch.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from hardrare import plugins
from hardrare.appearance._hashes import content_hash, levels_hash, perceptual_hashes, pixel_hash
from hardrare.appearance._views import BLOCK, views
from hardrare.numerics.declared import Declared, Harder

__all__ = ["Statistic", "content_hash", "look", "measure", "statistic", "statistics"]


@dataclass(frozen=True)
class Statistic(Declared):
    """A statistic: its function, what it declares, and the views that it reads."""

    views: tuple[str, ...]


_REGISTRY: dict[str, Statistic] = {}


def statistic(
    unit: str, harder: Harder, source: str
) -> Callable[[Callable[..., np.ndarray]], Callable[..., np.ndarray]]:
    """Register a function as the statistic of its name, with what `Declared` says of it."""

    def register(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
        reads = tuple(inspect.signature(function).parameters)
        name = function.__name__
        _REGISTRY[name] = Statistic(name, function, unit, harder, source, reads)
        return function

    return register


@cache
def statistics() -> dict[str, Statistic]:
    """Every statistic, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_REGISTRY.items()))


def measure(image: np.ndarray) -> dict[str, np.ndarray]:
    """Every statistic of pictures of one size.

    Args:
        image: (N, H, W, C) uint8, C = 1 or 3; may be memory-mapped, it is read in blocks.

    Returns:
        Name of the statistic to `(N,)` float32, finite.

    Raises:
        ValueError: a statistic returned another shape, or a value that is not finite.
    """
    blocks = [_measured(len(block), views(block)) for block in _blocks(image)]
    empty = [np.empty(0, np.float32)]
    return {name: np.concatenate([b[name] for b in blocks] or empty) for name in statistics()}


def look(image: np.ndarray) -> list[dict[str, Any]]:
    """Every statistic and the hashes of pictures of one size, a row for each.

    Args:
        image: (N, H, W, C) uint8, C = 1 or 3.

    Returns:
        N rows: `pixel_hash`, `levels_hash`, `perceptual_hash`, `mirror_hash` and the statistics by
        name.
    """
    rows = []
    for block in _blocks(image):
        seen = views(block)
        measured = _measured(len(block), seen)
        pairs = perceptual_hashes(seen["luminance"])
        for at, (plain, mirrored) in enumerate(pairs):
            hashes = {"perceptual_hash": plain, "mirror_hash": mirrored}
            hashes["pixel_hash"] = pixel_hash(block[at])
            hashes["levels_hash"] = levels_hash(seen["luminance"][at])
            rows.append(hashes | {name: float(values[at]) for name, values in measured.items()})
    return rows


def _blocks(image: np.ndarray) -> Iterator[np.ndarray]:
    """The pictures, a few at a time."""
    step = max(1, BLOCK // max(image[:1].size, 1))
    return (image[start : start + step] for start in range(0, len(image), step))


def _measured(n: int, seen: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Every statistic of n pictures, from their views."""
    measured = {}
    for declared in statistics().values():
        values = np.asarray(declared.function(*(seen[name] for name in declared.views)), np.float32)
        if values.shape != (n,) or not np.isfinite(values).all():
            raise ValueError(f"{declared.name}: expected one finite value for each picture")
        measured[declared.name] = values
    return measured
