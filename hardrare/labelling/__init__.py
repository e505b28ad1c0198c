"""Labelling: which samples to label first, and what that is worth.

`first` orders the samples for a labelling budget by one strategy, without a label; each
strategy is one function::

    random       by chance: what every other strategy is compared with
    hard, easy   the ends of the hard axis; rare: the far end of the rare axis
    prototypes   the sample nearest to each of as many k-means centroids as the budget allows
    typical      the densest sample of each cluster (TypiClust)
    k_center     each time the sample farthest from all chosen ones (a core-set)

`curve` judges strategies where the labels are known. To add a strategy, write its function
and its line in STRATEGIES. Nothing here imports torch.
"""

from collections.abc import Callable, Mapping

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.labelling.by_score import easy, hard, rare
from hardrare.labelling.k_center import k_center
from hardrare.labelling.prototypes import prototypes
from hardrare.labelling.random import random
from hardrare.labelling.samples import Samples
from hardrare.labelling.typical import typical

Strategy = Callable[[Samples, int], np.ndarray]
STRATEGIES: dict[str, Strategy] = {
    one.__name__: one for one in (random, hard, easy, rare, prototypes, typical, k_center)
}


def first(
    features: np.ndarray,
    budget: int,
    strategy: str,
    seed: int,
    scores: Mapping[str, np.ndarray] | None = None,
) -> np.ndarray:
    """The samples to label first. One thread: the result does not depend on their number.

    Args:
        features: (N, D) label-free features.
        budget: how many samples can be labelled, 1 to N.
        strategy: a key of STRATEGIES.
        seed: of every random choice.
        scores: axis (`hard`, `rare`) to (N,) values, high = more so; strategies that go by
            an axis need it.

    Returns:
        (budget,) positions, the first to label first.

    Raises:
        InputError: an unknown strategy, a budget out of range, or an axis is missing.
    """
    with threadpool_limits(1):
        return choose(Samples.of(features, scores or {}, seed), budget, strategy)


def choose(samples: Samples, budget: int, strategy: str) -> np.ndarray:
    """`first`, of samples that keep their clusters from one call to the next."""
    if strategy not in STRATEGIES:
        known = ", ".join(STRATEGIES)
        raise InputError(f"unknown labelling strategy {strategy!r}; known are {known}.")
    if not 1 <= budget <= len(samples.rows):
        raise InputError(
            f"a labelling budget of {budget} does not fit {len(samples.rows)} samples; "
            "it must be from 1 to their number."
        )
    return STRATEGIES[strategy](samples, budget)[:budget]
