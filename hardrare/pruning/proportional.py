"""Keep the same share of each cluster, chosen inside it by another arm."""

import numpy as np

from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool
from hardrare.pruning.quota import inside, proportional_to


@rule("the same share of each cluster, {}")
def proportional(argument: str, pool: Pool) -> list[np.ndarray]:
    """The arm's first samples of each cluster, `keep_fraction` of each.

    Args:
        argument: `random` or an arm that drops an end of a score.
        pool: the samples.

    Raises:
        InputError: the arm is of another rule, or what it refuses itself.
    """
    return inside("proportional", proportional_to, argument, pool)
