"""The strategies of labelling: each is a function that its file declares, with its words."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardrare import plugins
from hardrare.labelling.samples import Samples

Choose = Callable[[Samples, int], np.ndarray]


@dataclass(frozen=True)
class Strategy:
    """A registered strategy: how it chooses, its title for people, and what it chooses."""

    choose: Choose
    title: str
    words: str


_STRATEGIES: dict[str, Strategy] = {}


def strategy(title: str, words: str) -> Callable[[Choose], Choose]:
    """Register a function as the strategy of its name.

    Args:
        title: what people call what it chooses.
        words: what that is, in one line.
    """

    def register(function: Choose) -> Choose:
        _STRATEGIES[function.__name__] = Strategy(function, title, words)
        return function

    return register


def strategies() -> dict[str, Strategy]:
    """Every strategy, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_STRATEGIES.items()))
