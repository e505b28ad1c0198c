"""The metric `forgotten_epoch`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import forgotten


@metric(unit="epoch", harder="low", source="Team12, Skoltech Machine Learning project, 2024")
def forgotten_epoch(
    first_split_loss: np.ndarray, second_split_loss: np.ndarray, *, learned_quantile: float = 0.9
) -> np.ndarray:
    """The epoch from which the sample's loss stays high: second-split forgetting without labels.

    score = min{t : L_t' > threshold at every t' >= t} while training on the other half, epochs
    from 1; threshold = the learned_quantile of the first split's last loss, over all samples.
    It looks at all samples: score whole runs, not blocks of rows. T2 + 1 = not above the
    threshold at the last epoch: never forgotten. An undefined epoch is not above.

    Args:
        first_split_loss: `(N, T1)` per-sample loss of the objective on its own half.
        second_split_loss: `(N, T2)` the same while the other half is trained on.
        learned_quantile: share of the samples that counts as learned in the end, 0..1.

    Returns:
        `(N,)`, whole numbers 1..T2+1.

    Example:
        >>> before = np.array([[4.0, 1.0], [1.0, 2.0], [4.0, 4.0]])
        >>> after = np.array([[1.0, 3.0, 3.0], [3.0, 2.0, 2.0], [4.0, 4.0, 4.0]])
        >>> forgotten_epoch(before, after, learned_quantile=0.5).tolist()
        [2.0, 4.0, 1.0]
    """
    return forgotten(first_split_loss, second_split_loss, learned_quantile)
