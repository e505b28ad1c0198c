"""Drop what repeats other samples most, by SemDeDup in the features of a label-free run.

Source: Abbas et al., 2023, arXiv:2303.09540.
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool
from hardrare.tables import pick

METRIC = "duplicate_similarity"


@rule("without what repeats others in {}")
def semdedup(argument: str, pool: Pool) -> list[np.ndarray]:
    """Without the samples most similar to one kept before them in their cluster.

    The metric `duplicate_similarity` has put each cluster in order already; the threshold
    on it, 1 - eps, is the one that keeps `keep` samples. Each seed of the run has clusters
    of its own, hence one draw for each seed and no mean over them. Equal samples are
    dropped in a seeded random order.

    Args:
        argument: the objective.
        pool: the samples.

    Raises:
        InputError: the study has no such score.
    """
    if not argument or "-" in argument:
        raise InputError(
            f"prune.arms: semdedup-{argument} names no run; write semdedup-<objective>."
        )
    score = pick(f"{argument}/{METRIC}", pool.scores, f"prune.arms semdedup-{argument}")
    shuffled = pool.generator("ties", 0).permutation(len(pool.label))
    return [np.lexsort((shuffled, values))[: pool.keep] for values in score.values]
