"""Double-end pruning: without the very hardest, then the hardest of the others.

What is kept lies in one band of the score: its hard edge loses the wrongly grouped and the
ambiguous, its easy edge what teaches little. The more is pruned, the more of the hardest should
go (Zheng et al., ICLR 2025, ELFS, arXiv:2406.04273: none at 30 % pruned, 40 % at 90 %).
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning import drop
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool


@rule("the hardest by {}, without the very hardest")
def double_end(argument: str, pool: Pool) -> list[np.ndarray]:
    """The floor(`hard_cutoff` N) hardest go; of the others the `keep` hardest stay.

    Args:
        argument: a score `<objective>-<metric>`.
        pool: the samples.

    Raises:
        InputError: no such score, an open one, or fewer left than are to be kept.
    """
    return [band("double_end", argument, pool)[: pool.keep]]


def band(rule: str, argument: str, pool: Pool) -> np.ndarray:
    """Positions left without the hardest, the hardest of them first; ties in a random order.

    Args:
        rule: that asks, for messages.
        argument: a score `<objective>-<metric>`.
        pool: the samples.

    Raises:
        InputError: no such score, an open one, or fewer left than are to be kept.
    """
    harder = drop.hardness(rule, argument, pool)
    gone = int(pool.hard_cutoff * len(harder) + 1e-9)
    if len(harder) - gone < pool.keep:
        raise InputError(
            f"prune.arms: {rule}-{argument}: prune.hard_cutoff {pool.hard_cutoff} leaves "
            f"{len(harder) - gone} samples and {pool.keep} are to be kept; lower it."
        )
    shuffled = pool.generator("ties", 0).permutation(len(harder))
    return np.lexsort((shuffled, -harder))[gone:]
