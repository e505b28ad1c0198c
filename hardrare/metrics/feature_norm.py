"""Metric `feature_norm`: how strongly a frozen network answers to an image."""

import numpy as np

from hardrare.metrics import metric


@metric(
    unit="feature",
    harder="low",
    source="after Park et al., ICCV 2023 (feature norm as a network's confidence)",
)
def feature_norm(plain_features: np.ndarray) -> np.ndarray:
    """L2 norm of the features as the network gives them, neither centred nor scaled.

    n_i = sqrt(sum_d h_id^2). Low for what the network hardly recognises.

    Args:
        plain_features: (N, D).

    Returns:
        (N,) float64, 0 upwards.

    Examples:
        >>> feature_norm(np.array([[3.0, 4.0], [0.0, 1.0]]))
        array([5., 1.])
    """
    return np.sqrt(np.einsum("nd,nd->n", plain_features, plain_features, dtype=np.float64))
