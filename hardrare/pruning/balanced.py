"""Keep as many samples of each cluster as its size allows, chosen inside it by another arm.

An arm that drops an end of a score may drop whole regions of the images; a quota for each
cluster of the label-free features keeps all of them. Equal counts favour small clusters.
"""

import numpy as np

from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool
from hardrare.pruning.quota import even, inside


@rule("as many of each cluster, {}")
def balanced(argument: str, pool: Pool) -> list[np.ndarray]:
    """The arm's first samples of each cluster, the same number of each where it has as many.

    Args:
        argument: `random` or an arm that drops an end of a score.
        pool: the samples.

    Raises:
        InputError: the arm is of another rule, or what it refuses itself.
    """
    return inside("balanced", even, argument, pool)
