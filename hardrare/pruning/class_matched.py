"""Keep random samples, as many of each class as another arm keeps.

An arm that drops many airplanes and few cats may lose accuracy by that alone; this one drops
as many of each, chosen at random.
"""

import numpy as np

from hardrare.errors import InputError
from hardrare.pruning._registry import rule, rules
from hardrare.pruning.pool import Pool


@rule("random, classes as {}", scored=False)
def class_matched(argument: str, pool: Pool) -> list[np.ndarray]:
    """Independent random subsets, one for each draw, with the arm's count of each class.

    Args:
        argument: an arm that goes by a score or by clusters; draw i matches its draw i
            modulo how many it has.
        pool: the samples; all have a label.

    Raises:
        InputError: the arm is of another rule, or a sample has no label.
    """
    head, _, rest = argument.partition("-")
    known = {name: rule for name, rule in rules().items() if rule.scored}
    if head not in known:
        raise InputError(
            f"prune.arms: class_matched-{argument} matches no arm that drops by a score; "
            f"write class_matched-<arm> with one of {', '.join(known)}."
        )
    if (pool.label < 0).any():
        raise InputError(
            f"prune.arms: class_matched-{argument} needs the label of every sample; remove the arm."
        )
    matched = known[head].choose(rest, pool)
    return [
        _draw(
            pool.label[matched[draw % len(matched)]],
            pool,
            pool.generator(f"class_matched-{argument}", draw),
        )
        for draw in range(pool.draws)
    ]


def _draw(kept: np.ndarray, pool: Pool, rng: np.random.Generator) -> np.ndarray:
    """Random positions with the class counts of the labels `kept (M,)`."""
    parts = [
        rng.choice(np.flatnonzero(pool.label == k), count, replace=False)
        for k, count in zip(*np.unique(kept, return_counts=True), strict=True)
    ]
    return np.concatenate(parts)
