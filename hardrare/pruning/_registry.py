"""The rules of pruning: each is a function that its file declares, with its words for readers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardrare import plugins
from hardrare.pruning.pool import Pool

Choose = Callable[[str, Pool], list[np.ndarray]]


@dataclass(frozen=True)
class Rule:
    """A registered rule.

    Attributes:
        choose: of an argument and the pool, the kept positions of each draw.
        words: what an arm of it is, `{}` for its argument.
        scored: whether it goes by a score or by features, so that what it removes of each class
            is worth matching.
    """

    choose: Choose
    words: str
    scored: bool


_RULES: dict[str, Rule] = {}


def rule(words: str, *, scored: bool = True) -> Callable[[Choose], Choose]:
    """Register a function as the rule of its name; see `Rule`."""

    def register(function: Choose) -> Choose:
        _RULES[function.__name__] = Rule(function, words, scored)
        return function

    return register


def rules() -> dict[str, Rule]:
    """Every rule, sorted by name; imports the files of this folder."""
    plugins.import_all(__package__)
    return dict(sorted(_RULES.items()))


def arm_words(arm: str) -> str:
    """An arm in words.

    >>> arm_words("drop_easy-autoencoder-loss_mean")
    'without the easiest by autoencoder/loss_mean'
    >>> arm_words("class_matched-drop_easy-autoencoder-loss_mean")
    'random, classes as without the easiest by autoencoder/loss_mean'
    >>> arm_words("balanced-random"), arm_words("semdedup-barlow_twins")
    ('as many of each cluster, random', 'without what repeats others in barlow_twins')
    """
    head, _, rest = arm.partition("-")
    known = rules()
    if head not in known:
        return arm
    inner = arm_words(rest) if rest.partition("-")[0] in known else rest.replace("-", "/")
    return known[head].words.format(inner)
