"""The metric `confidence`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="probability", harder="low", source="Swayamdipta et al., EMNLP 2020, arXiv:2009.10795")
def confidence(probability: np.ndarray) -> np.ndarray:
    """Mean over epochs of the probability of the given label.

    score = mu = mean_t p_t(y).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        probability: `(N, T)` softmax probability of the given label, 0..1.

    Returns:
        `(N,)`, 0..1.

    Example:
        >>> confidence(np.array([[0.25, 0.75], [0.5, 1.0]])).tolist()
        [0.5, 0.75]
    """
    return mean(probability)
