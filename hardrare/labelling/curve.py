"""Accuracy over labelling budgets: every strategy, judged on samples that none may choose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.labelling import choose, strategies
from hardrare.labelling.judges import JUDGES, Split, named
from hardrare.labelling.samples import Samples
from hardrare.numerics.standardise import standardised


@dataclass(frozen=True)
class Settings:
    """How strategies are compared.

    Attributes:
        budgets: shares of the samples that may be labelled.
        strategies: keys of `strategies()`.
        held_out: share of the samples that judge.
        confidence: at which self-training believes its own labels.
        draws: random splits, each with its own random choices.
        seed: of all of them.
    """

    budgets: list[float]
    strategies: list[str]
    held_out: float
    confidence: float
    draws: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot be judged."""
        for name, values in (("budgets", self.budgets), ("held_out", [self.held_out])):
            if wrong := [value for value in values if not 0 < value < 1]:
                raise InputError(
                    f"label_first.{name} holds {wrong[0]}, expected above 0 and below 1."
                )
        if not 0 < self.confidence <= 1:
            raise InputError(
                f"label_first.confidence is {self.confidence}, expected above 0 and up to 1."
            )
        if self.draws < 1:
            raise InputError(f"label_first.draws is {self.draws}, expected at least 1.")
        known = strategies()
        if wrong := [strategy for strategy in self.strategies if strategy not in known]:
            raise InputError(
                f"label_first.strategies holds {wrong[0]}, expected of {', '.join(known)}."
            )


def curve(
    features: np.ndarray, label: np.ndarray, scores: Mapping[str, np.ndarray], settings: Settings
) -> list[dict[str, Any]]:
    """Accuracy of every strategy, budget, judge and draw, for the features of one run.

    In each draw a share of the samples is held out at random: no strategy may choose them,
    and all are judged on the same ones. (Judged on what a strategy left, one that takes
    the hard samples would leave an easy rest.) One thread: the result does not depend on
    their number.

    Args:
        features: (N, D) label-free features, N at least 2.
        label: (N,) int, the true classes; read only for samples that a strategy chose, and
            to judge.
        scores: axis (`hard`, `rare`) to (N,), high = more so.
        settings: see there.

    Returns:
        Rows with `draw`, `strategy`, `budget` (share), `labels` (number), `classes` (among
        them), `judge`, `accuracy` (0..1), `chance` (of always naming the largest class),
        `free` samples that may be labelled and `n` samples judged.
    """
    rows, made = standardised(features).astype(np.float32), []
    with threadpool_limits(1):
        for draw in range(settings.draws):
            held, free = halves(len(label), settings.held_out, [settings.seed, draw])
            own = {axis: values[free] for axis, values in scores.items()}
            samples = Samples.of(features[free], own, settings.seed + draw)
            judging = Samples.of(features[held], {}, 0).rows
            split = Split(samples, rows[free], rows[held], judging)
            fixed = {"draw": draw, "free": len(free), "n": len(held)}
            fixed["chance"] = _largest(label[held])
            judged = _strategies(split, label[free], label[held], settings)
            made += [fixed | row for row in judged]
    return made


def described(chosen: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    """Title and words of some strategies, and of every judge, for the readers of the table."""
    known = strategies()
    own = {name: (known[name].title, known[name].words) for name in chosen}
    return {"strategies": own, "judges": JUDGES}


def _strategies(
    split: Split, label: np.ndarray, truth: np.ndarray, settings: Settings
) -> Iterator[dict[str, Any]]:
    """Every strategy, budget and judge on one split: labels (M,) to ask for, truth (H,)."""
    for share in settings.budgets:
        budget = max(round(share * len(label)), 1)
        for strategy in settings.strategies:
            chosen = choose(split.samples, budget, strategy)
            told = label[chosen]
            row = {"strategy": strategy, "budget": share, "labels": budget}
            row["classes"] = len(np.unique(told))
            for judge, predicted in named(split, chosen, told, settings.confidence).items():
                yield row | {"judge": judge, "accuracy": float((predicted == truth).mean())}


def halves(size: int, share: float, key: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Positions that judge and positions that may be labelled, both ascending, none empty."""
    order = np.random.default_rng(key).permutation(size)
    cut = min(max(round(share * size), 1), size - 1)
    return np.sort(order[:cut]), np.sort(order[cut:])


def _largest(label: np.ndarray) -> float:
    """Share of the largest class."""
    return float(np.unique(label, return_counts=True)[1].max() / len(label))
