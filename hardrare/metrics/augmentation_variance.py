"""The metric `augmentation_variance`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="feature^2",
    harder="high",
    source="of features, after the stability loss of Sajjadi et al., 2016, arXiv:1606.04586",
)
def augmentation_variance(augmentation_variance: np.ndarray) -> np.ndarray:
    """How far augmented views of the sample lie apart in the feature space.

    score = mean_v mean_d (h_v,d - mean_v h_v,d)^2 over V augmented views, after the last epoch.
    A sample without any defined epoch scores 0.

    Args:
        augmentation_variance: `(N, T)` that variance, of the last epoch, NaN before.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> augmentation_variance(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(augmentation_variance)
