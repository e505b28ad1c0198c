"""The metric `alignment_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="1",
    harder="low",
    source="this project; stands in for a per-sample loss of Barlow Twins, arXiv:2103.03230",
)
def alignment_mean(alignment: np.ndarray) -> np.ndarray:
    """Mean of the agreement of the two views over epochs.

    score = mean_t cos_t. The cosine is the self correlation C_ii of C = Z1 Z2^T, Z standardised
    per feature over the batch and its rows L2-normalised.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        alignment: `(N, T)` cosine of the two views' standardised projections, -1..1.

    Returns:
        `(N,)`, -1..1.

    Example:
        >>> alignment_mean(np.array([[-0.5, 0.5, 0.75]])).tolist()
        [0.25]
    """
    return mean(alignment)
