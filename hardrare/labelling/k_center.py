"""Label what covers the samples best: each time the one farthest from all chosen ones.

Source: Sener & Savarese, ICLR 2018, arXiv:1708.00489 (core-set; their greedy k-center).
"""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.samples import Samples


@strategy("a k-center cover", "each time the image farthest from all chosen (core-set)")
def k_center(samples: Samples, budget: int) -> np.ndarray:
    """Farthest-first traversal from a random sample; `budget` passes over the rows.

    Args:
        samples: to choose from.
        budget: how many are labelled.
    """
    rows = samples.rows
    square = np.einsum("nd,nd->n", rows, rows)
    chosen = [int(samples.generator("k_center").integers(len(rows)))]
    nearest = np.full(len(rows), np.inf, np.float32)
    while len(chosen) < budget:
        last = chosen[-1]
        np.minimum(nearest, square + square[last] - 2 * (rows @ rows[last]), out=nearest)
        nearest[last] = -np.inf  # never twice, even among copies
        chosen.append(int(nearest.argmax()))
    return np.array(chosen)
