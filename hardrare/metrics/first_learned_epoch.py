"""The metric `first_learned_epoch`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import first_learned


@metric(unit="epoch", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def first_learned_epoch(
    first_split_loss: np.ndarray, *, learned_quantile: float = 0.9
) -> np.ndarray:
    """The epoch from which the sample's loss stays low: first-split learning time without labels.

    score = min{t : L_t' <= threshold at every t' >= t} while training on its own half, epochs
    from 1; threshold = the learned_quantile of L at the last epoch, over all samples.
    It looks at all samples: score whole runs, not blocks of rows. T1 + 1 = above the threshold
    at the last epoch: not learned. An undefined epoch is not below.

    Args:
        first_split_loss: `(N, T1)` per-sample loss of the objective.
        learned_quantile: share of the samples that counts as learned in the end, 0..1.

    Returns:
        `(N,)`, whole numbers 1..T1+1.

    Example:
        >>> loss = np.array([[4.0, 1.0, 1.0], [1.0, 4.0, 2.0], [4.0, 4.0, 4.0]])
        >>> first_learned_epoch(loss, learned_quantile=0.5).tolist()
        [2.0, 3.0, 4.0]
    """
    return first_learned(first_split_loss, learned_quantile)
