"""The metric `alignment_first_learned_epoch`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import first_learned


@metric(unit="epoch", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def alignment_first_learned_epoch(
    first_split_alignment: np.ndarray, *, learned_quantile: float = 0.9
) -> np.ndarray:
    """The epoch from which the sample's self-correlation of the two views stays high.

    score = min{t : C_t' >= threshold at every t' >= t} while training on its own half,
    epochs from 1; threshold = the (1 - learned_quantile)-quantile of C at the last epoch,
    over all samples. It looks at all samples: score whole runs, not blocks of rows.
    T1 + 1 = not learned at the last epoch. An undefined epoch is not learned.

    Args:
        first_split_alignment: `(N, T1)` cosine of the two views' standardised projections, -1..1.
        learned_quantile: share of the samples that counts as learned in the end, 0..1.

    Returns:
        `(N,)`, whole numbers 1..T1+1.

    Example:
        >>> column = np.array([[0.1, 0.8, 0.8], [0.8, 0.1, 0.5], [0.1, 0.1, 0.1]])
        >>> alignment_first_learned_epoch(column, learned_quantile=0.5).tolist()
        [2.0, 3.0, 4.0]
    """
    return first_learned(-np.asarray(first_split_alignment, np.float64), learned_quantile)
