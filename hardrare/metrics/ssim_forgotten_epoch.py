"""The metric `ssim_forgotten_epoch`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.metrics._learned import forgotten


@metric(unit="epoch", harder="low", source="Team12, Skoltech Machine Learning project, 2024")
def ssim_forgotten_epoch(
    first_split_ssim: np.ndarray,
    second_split_ssim: np.ndarray,
    *,
    learned_quantile: float = 0.9,
) -> np.ndarray:
    """The epoch from which the sample's structural similarity stays low.

    score = min{t : S_t' < threshold at every t' >= t} while training on the other half,
    epochs from 1; threshold = the (1 - learned_quantile)-quantile of the first split's last S,
    over all samples. It looks at all samples: score whole runs, not blocks of rows.
    T2 + 1 = never forgotten. An undefined epoch is not forgotten.

    Args:
        first_split_ssim: `(N, T1)` structural similarity of image and reconstruction, -1..1.
        second_split_ssim: `(N, T2)` the same while the other half is trained on.
        learned_quantile: share of the samples that counts as learned in the end, 0..1.

    Returns:
        `(N,)`, whole numbers 1..T2+1.

    Example:
        >>> before = np.array([[0.1, 0.8], [0.8, 0.5], [0.1, 0.1]])
        >>> after = np.array([[0.8, 0.3, 0.3], [0.3, 0.5, 0.5], [0.1, 0.1, 0.1]])
        >>> ssim_forgotten_epoch(before, after, learned_quantile=0.5).tolist()
        [2.0, 4.0, 1.0]
    """
    first, second = (
        -np.asarray(column, np.float64) for column in (first_split_ssim, second_split_ssim)
    )
    return forgotten(first, second, learned_quantile)
