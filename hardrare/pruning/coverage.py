"""Coverage-centric: drop the very hardest, then keep as many of each stratum of the score.

Source: Zheng et al., ICLR 2023, arXiv:2210.15809 (there with AUM, 50 strata, and a cutoff
between 0 and 0.3 that grows with the share pruned).
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning import drop
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool
from hardrare.pruning.quota import even, first_of_each


@rule("evenly over {}, without its hardest")
def coverage(argument: str, pool: Pool) -> list[np.ndarray]:
    """Random samples of each stratum, one subset for each draw.

    The floor(`hard_cutoff` N) hardest go first. The range of the score of the others is cut
    into `strata` parts of equal width. The smallest stratum gives its even share of what
    is still to keep, or all that it has, and so on up to the largest.

    Args:
        argument: a score `<objective>-<metric>`.
        pool: the samples.

    Raises:
        InputError: no such score, an open one, or fewer left than are to be kept.
    """
    harder = drop.hardness("coverage", argument, pool)
    left = len(harder) - int(pool.hard_cutoff * len(harder) + 1e-9)
    if left < pool.keep:
        raise InputError(
            f"prune.arms: coverage-{argument}: prune.hard_cutoff {pool.hard_cutoff} leaves {left} "
            f"samples and {pool.keep} are to be kept; lower it."
        )
    shuffled = pool.generator("ties", 0).permutation(len(harder))
    rest = np.lexsort((shuffled, harder))[:left]
    stratum = strata(harder[rest], pool.strata)
    counts = even(np.bincount(stratum, minlength=pool.strata), pool.keep)
    made = [pool.generator(f"coverage-{argument}", draw) for draw in range(pool.draws)]
    return [rest[first_of_each(rng.permutation(left), stratum, counts)] for rng in made]


def strata(values: np.ndarray, parts: int) -> np.ndarray:
    """Which of P parts of equal width between the least and the largest value each lies in.

    Args:
        values: (N,).
        parts: P, at least 1.

    Returns:
        (N,) 0..P-1; all 0 where every value is the same.

    Examples:
        >>> strata(np.array([0.0, 1.0, 2.0, 9.9, 10.0]), 5)
        array([0, 0, 1, 4, 4])
    """
    width = (values.max() - values.min()) / parts
    if not width > 0:
        return np.zeros(len(values), np.int64)
    return np.minimum((values - values.min()) // width, parts - 1).astype(np.int64)
