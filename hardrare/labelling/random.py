"""Label samples drawn by chance: what every other strategy is compared with."""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.samples import Samples


@strategy("random", "drawn by chance")
def random(samples: Samples, budget: int) -> np.ndarray:
    """A random order.

    Args:
        samples: to choose from.
        budget: how many are labelled.
    """
    return samples.generator("random").choice(len(samples.rows), budget, replace=False)
