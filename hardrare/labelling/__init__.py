"""Labelling: which samples to label first, and what that is worth.

`first` orders the samples for a labelling budget by one strategy, without a label; each
strategy is one function::

    random       by chance: what every other strategy is compared with
    hard, easy   the ends of the hard axis; rare: the far end of the rare axis
    prototypes   the sample nearest to each of as many k-means centroids as the budget allows
    typical      the densest sample of each cluster (TypiClust)
    k_center     each time the sample farthest from all chosen ones (a core-set)
    facility_location  the samples to which all others lie nearest

`curve` judges strategies where the labels are known. To add a strategy, add its file:
nothing else names it. Nothing here imports torch.
"""

from collections.abc import Mapping

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.labelling._registry import strategies
from hardrare.labelling.samples import Samples

__all__ = ["choose", "first", "strategies"]


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
        strategy: a key of `strategies()`.
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
    known = strategies()
    if strategy not in known:
        raise InputError(f"unknown labelling strategy {strategy!r}; known are {', '.join(known)}.")
    if not 1 <= budget <= len(samples.rows):
        raise InputError(
            f"a labelling budget of {budget} does not fit {len(samples.rows)} samples; "
            "it must be from 1 to their number."
        )
    return known[strategy].choose(samples, budget)[:budget]
