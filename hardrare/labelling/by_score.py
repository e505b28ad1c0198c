"""Label one end of an axis of the ranking: the hard, the easy or the rare samples.

Equal scores stand in a seeded random order.
"""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.samples import Samples


@strategy("the hardest", "the top of the hard ranking")
def hard(samples: Samples, budget: int) -> np.ndarray:
    """The hardest first, as uncertainty sampling has it."""
    return _highest(samples.axis("hard"), samples, budget)


@strategy("the easiest", "the bottom of the hard ranking")
def easy(samples: Samples, budget: int) -> np.ndarray:
    """The easiest first."""
    return _highest(-samples.axis("hard"), samples, budget)


@strategy("the rarest", "the top of the rare ranking")
def rare(samples: Samples, budget: int) -> np.ndarray:
    """The rarest first."""
    return _highest(samples.axis("rare"), samples, budget)


def _highest(values: np.ndarray, samples: Samples, budget: int) -> np.ndarray:
    shuffled = samples.generator("ties").permutation(len(values))
    return np.lexsort((shuffled, -values))[:budget]
