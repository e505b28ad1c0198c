"""The metric `cross_correlation_first_learned_epoch`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import first_learned


@metric(unit="epoch", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def cross_correlation_first_learned_epoch(
    first_split_cross_correlation: np.ndarray, *, learned_quantile: float = 0.9
) -> np.ndarray:
    """The epoch from which the sample's cross-correlation with other samples stays low.

    score = min{t : X_t' <= threshold at every t' >= t} while training on its own half,
    epochs from 1; threshold = the learned_quantile-quantile of X at the last epoch,
    over all samples. It looks at all samples: score whole runs, not blocks of rows.
    T1 + 1 = not learned at the last epoch. An undefined epoch is not learned.

    Args:
        first_split_cross_correlation: `(N, T1)` mean squared cosine to the other samples, 0..1.
        learned_quantile: share of the samples that counts as learned in the end, 0..1.

    Returns:
        `(N,)`, whole numbers 1..T1+1.

    Example:
        >>> column = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.5], [0.8, 0.8, 0.8]])
        >>> cross_correlation_first_learned_epoch(column, learned_quantile=0.5).tolist()
        [2.0, 3.0, 4.0]
    """
    return first_learned(first_split_cross_correlation, learned_quantile)
