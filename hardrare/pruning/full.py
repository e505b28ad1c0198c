"""Keep every sample."""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool


@rule("all samples", scored=False)
def full(argument: str, pool: Pool) -> list[np.ndarray]:
    """Every sample, one draw.

    Raises:
        InputError: it is given an argument.
    """
    if argument:
        raise InputError(f"prune.arms: full takes no argument, got full-{argument}.")
    return [np.arange(len(pool.label))]
