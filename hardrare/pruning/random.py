"""Keep a random subset: what every other arm is compared with."""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool


@rule("random", scored=False)
def random(argument: str, pool: Pool) -> list[np.ndarray]:
    """Independent uniform subsets of `keep` samples, one for each draw.

    Raises:
        InputError: it is given an argument.
    """
    if argument:
        raise InputError(f"prune.arms: random takes no argument, got random-{argument}.")
    size = len(pool.label)
    return [
        pool.generator("random", draw).choice(size, pool.keep, replace=False)
        for draw in range(pool.draws)
    ]
