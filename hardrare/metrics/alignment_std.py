"""The metric `alignment_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(
    unit="1",
    harder="low",
    source="this project; stands in for a per-sample loss of Barlow Twins, arXiv:2103.03230",
)
def alignment_std(alignment: np.ndarray) -> np.ndarray:
    """Standard deviation of the agreement of the two views over epochs.

    score = sqrt(mean_t (cos_t - mean_t cos_t)^2) (population form).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        alignment: `(N, T)` cosine of the two views' standardised projections, -1..1.

    Returns:
        `(N,)`, 0..1.

    Example:
        >>> alignment_std(np.array([[-0.5, 0.5], [0.25, 0.25]])).tolist()
        [0.5, 0.0]
    """
    return std(alignment)
