"""The metric `threshold_closeness`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(
    unit="probability^2", harder="open", source="Swayamdipta et al., EMNLP 2020, arXiv:2009.10795"
)
def threshold_closeness(probability: np.ndarray) -> np.ndarray:
    """How near the mean probability of the given label is to 1/2.

    score = mu (1 - mu), mu = mean_t p_t(y).
    Its sign is open because the easiest samples and the hardest both score near 0.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        probability: `(N, T)` softmax probability of the given label, 0..1.

    Returns:
        `(N,)`, 0..0.25.

    Example:
        >>> threshold_closeness(np.array([[0.25, 0.75], [1.0, 1.0], [0.5, 1.0]])).tolist()
        [0.25, 0.0, 0.1875]
    """
    mu = mean(probability)
    return mu * (1 - mu)
