"""The metric `variability`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(
    unit="probability", harder="open", source="Swayamdipta et al., EMNLP 2020, arXiv:2009.10795"
)
def variability(probability: np.ndarray) -> np.ndarray:
    """Standard deviation over epochs of the probability of the given label.

    score = sqrt(mean_t (p_t(y) - mu)^2) (population form), mu = mean_t p_t(y).
    High is ambiguous; low is easy or hard, which `confidence` tells apart.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        probability: `(N, T)` softmax probability of the given label, 0..1.

    Returns:
        `(N,)`, 0..0.5.

    Example:
        >>> variability(np.array([[0.25, 0.75], [0.5, 0.5]])).tolist()
        [0.25, 0.0]
    """
    return std(probability)
