"""The metric `cross_correlation_forgotten_epoch`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import forgotten


@metric(unit="epoch", harder="open", source="Team12, Skoltech Machine Learning project, 2024")
def cross_correlation_forgotten_epoch(
    first_split_cross_correlation: np.ndarray,
    second_split_cross_correlation: np.ndarray,
    *,
    learned_quantile: float = 0.9,
) -> np.ndarray:
    """The epoch from which the sample's cross-correlation with other samples stays high.

    score = min{t : X_t' > threshold at every t' >= t} while training on the other half,
    epochs from 1; threshold = the learned_quantile-quantile of the first split's last X,
    over all samples. It looks at all samples: score whole runs, not blocks of rows.
    T2 + 1 = never forgotten. An undefined epoch is not forgotten.

    Args:
        first_split_cross_correlation: `(N, T1)` mean squared cosine to the other samples, 0..1.
        second_split_cross_correlation: `(N, T2)` the same while the other half is trained on.
        learned_quantile: share of the samples that counts as learned in the end, 0..1.

    Returns:
        `(N,)`, whole numbers 1..T2+1.

    Example:
        >>> before = np.array([[0.8, 0.1], [0.1, 0.5], [0.8, 0.8]])
        >>> after = np.array([[0.1, 0.7, 0.7], [0.7, 0.5, 0.5], [0.8, 0.8, 0.8]])
        >>> cross_correlation_forgotten_epoch(before, after, learned_quantile=0.5).tolist()
        [2.0, 4.0, 1.0]
    """
    return forgotten(
        first_split_cross_correlation, second_split_cross_correlation, learned_quantile
    )
