"""What an artefact declares (function, what it reads, strength) and how a list asks for it."""

import inspect
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from hardrare import plugins
from hardrare.injection._formula import Formula


@dataclass(frozen=True)
class Artefact:
    """One entry of the list: which artefact, how often, how strong, where it goes."""

    artefact: str
    share: float
    strength: float
    placement: Literal["append", "replace"]


@dataclass(frozen=True)
class Recipe:
    """A registered artefact."""

    name: str
    function: Callable[..., Any]
    reads: tuple[str, ...]  # image, partner, label, classes, strength, box, share, rng
    strength: str  # what the number means, empty where there is none
    low: float  # strength lies strictly between low and high
    high: float
    title: str  # what people call it
    words: str  # what was done, in one line
    unit: str  # of the strength, short
    note: str  # what a reader of its detection must know
    formula: Formula  # for the audit
    copies: bool = False  # it adds a near copy of an image

    @property
    def exact(self) -> bool:
        """Whether the copy equals its image."""
        return self.copies and not self.strength

    @property
    def mixes(self) -> bool:
        """Whether it takes two images."""
        return "partner" in self.reads

    @property
    def relabels(self) -> bool:
        """Whether it changes the label and leaves the pixels."""
        return "label" in self.reads and not self.thins

    @property
    def thins(self) -> bool:
        """Whether it takes samples away."""
        return "share" in self.reads

    @property
    def described(self) -> dict[str, Any]:
        """What the manifest tells its readers of it."""
        said = {"title": self.title, "words": self.words, "unit": self.unit, "note": self.note}
        return said | {"thins": self.thins, "copies": self.copies, "relabels": self.relabels}


COPIED = "The images that were copied are left out: they are as much a duplicate as their copies."
_RECIPES: dict[str, Recipe] = {}


def artefact(
    title: str,
    words: str,
    formula: Formula,
    *,
    strength: str = "",
    unit: str = "",
    low: float = 0.0,
    high: float = math.inf,
    copies: bool = False,
    note: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the artefact of its name.

    The names of its parameters say what it reads:

    - `image (H, W, C)` uint8, and `partner (H, W, C)` where two images are mixed;
    - `label` and `classes` (names, index = label) where the label changes instead;
    - `strength`; `box` (top, left, height, width), whose area share is the strength;
    - `rng`, the generator of this entry of the list;
    - `label` as `(N,)`, `share`, `strength`, `rng` where samples are taken away.

    It returns the new image, the new label, or `(kept, removed)` positions.

    Args:
        title: what people call it.
        words: what was done, in one line.
        formula: what it should make of an image, for the audit.
        strength: what the number means, with its unit; empty = unused, must be 1.
        unit: of the strength, in a word or two.
        low: strength must lie above.
        high: strength must lie below.
        copies: whether it makes a duplicate, which can only be appended; its name then
            starts with `duplicate`.
        note: what a reader must know of how well scores detect it.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _RECIPES[function.__name__] = Recipe(
            function.__name__, function, tuple(inspect.signature(function).parameters),
            strength, low, high, title, words, unit, note, formula, copies,
        )  # fmt: skip
        return function

    return register


def described(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the manifest tells its readers of some artefacts."""
    known = recipes()
    return {name: known[name].described for name in sorted(set(names))}


def recipes() -> dict[str, Recipe]:
    """Every artefact, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_RECIPES.items()))
