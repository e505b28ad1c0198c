"""Label what covers the samples best: each time the one farthest from all chosen ones.

Source: Sener & Savarese, ICLR 2018, arXiv:1708.00489 (core-set; their greedy k-center).
"""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.samples import Samples
from hardrare.numerics.farthest import farthest_first


@strategy("a k-center cover", "each time the image farthest from all chosen (core-set)")
def k_center(samples: Samples, budget: int) -> np.ndarray:
    """Farthest-first traversal from a random sample; `budget` passes over the rows.

    Args:
        samples: to choose from.
        budget: how many are labelled.
    """
    start = int(samples.generator("k_center").integers(len(samples.rows)))
    return farthest_first(samples.rows, budget, start)
