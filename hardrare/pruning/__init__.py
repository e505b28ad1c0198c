"""Pruning: which samples an arm of the retraining keeps.

An arm is `<rule>` or `<rule>-<argument>`; its rule is one file with one function::

    full                              every sample
    random                            independent random subsets
    drop_easy-autoencoder-loss_mean   without the easiest by that score (also drop_hard,
                                      drop_low, drop_high)
    balanced-<arm>                    random or a drop arm inside each cluster of label-free
                                      features, equal counts (proportional-<arm>: equal shares)
    coverage-autoencoder-loss_mean    without the very hardest, then evenly over the score
    semdedup-barlow_twins             without what repeats other samples most
    facility_location                 what all others lie nearest to, by the features
    class_matched-<arm>               random, with as many of each class as that arm keeps

A rule takes the argument and the pool and returns one array of kept positions for each
draw. To add one, add its file: nothing else names it. An arm may be kept at several shares:
`sweep` names it `<arm>@<share>`. Nothing here imports torch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from hardrare.errors import InputError
from hardrare.pruning._registry import arm_words, rules
from hardrare.pruning.pool import Pool

__all__ = ["arm_words", "chosen", "kept", "rules", "subset"]


def kept(arm: str, pool: Pool) -> list[np.ndarray]:
    """The samples that an arm keeps.

    Args:
        arm: `<rule>` or `<rule>-<argument>`.
        pool: the samples, their scores and labels, and how many to keep.

    Returns:
        For each draw, positions of the kept samples, ascending. Deterministic arms have
        one draw.

    Raises:
        InputError: unknown rule, or what the rule itself refuses.
    """
    rule, _, argument = arm.partition("-")
    known = rules()
    if rule not in known:
        raise InputError(f"prune.arms: {arm} begins with no rule; known are {', '.join(known)}.")
    return [np.sort(rows) for rows in known[rule].choose(argument, pool)]


def chosen(
    wanted: Mapping[str, tuple[str, float]], pool: Pool, sample_id: np.ndarray
) -> dict[str, pa.Table]:
    """The `subset/1` table of every name of `sweep.swept`, or an error before the first.

    Args:
        wanted: name to arm and share to keep.
        pool: the samples; its own `keep_fraction` is not used.
        sample_id: `(N,)`.
    """
    plans = {
        name: (arm, replace(pool, keep_fraction=share)) for name, (arm, share) in wanted.items()
    }
    return {name: subset(sample_id, kept(*plan)) for name, plan in plans.items()}


def subset(sample_id: np.ndarray, draws: Sequence[np.ndarray]) -> pa.Table:
    """Kept samples as `subset/1`: one row for each draw and sample.

    Args:
        sample_id: `(N,)`.
        draws: for each draw, positions of the kept samples, ascending.
    """
    numbers = np.repeat(np.arange(len(draws)), [len(rows) for rows in draws])
    ids = sample_id[np.concatenate(draws)]
    return pa.table({"sample_id": pa.array(ids, pa.int32()), "draw": pa.array(numbers, pa.int16())})
