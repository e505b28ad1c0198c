"""When a sample is learned and forgotten where no label says what is right.

A threshold on a column stands in for it: low is learned. Where high is (similarities),
the caller gives the column's negative.
"""

import numpy as np

from hardrare.numerics.suffix import suffix_start


def threshold(first_split: np.ndarray, learned_quantile: float) -> float:
    """A quantile, over all samples, of the column at the last epoch of the first split.

    It looks at all samples: score whole runs, not blocks of rows.

    Args:
        first_split: `(N, T1)`, low = learned.
        learned_quantile: 0..1, chosen before any result is seen.

    Returns:
        The threshold; NaN, which nothing is below or above, where the last epoch is all NaN.
    """
    final = np.asarray(first_split, np.float64)[:, -1]
    final = final[~np.isnan(final)]
    return float(np.quantile(final, learned_quantile)) if len(final) else float("nan")


def first_learned(first_split: np.ndarray, learned_quantile: float) -> np.ndarray:
    """min{t : at most the threshold at every t' >= t}, `(N, T1)` to `(N,)`, 1..T1+1 = never."""
    values = np.asarray(first_split, np.float64)
    return suffix_start(values <= threshold(values, learned_quantile))


def forgotten(
    first_split: np.ndarray, second_split: np.ndarray, learned_quantile: float
) -> np.ndarray:
    """min{t : above the threshold at every t' >= t}, `(N, T1)` and `(N, T2)` to `(N,)`.

    The threshold is the first split's; 1..T2+1 = never.
    """
    return suffix_start(
        np.asarray(second_split, np.float64) > threshold(first_split, learned_quantile)
    )
