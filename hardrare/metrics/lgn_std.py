"""The metric `lgn_std`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import std


@metric(
    unit="loss per pixel range",
    harder="open",
    source="Natifick, Skoltech Machine Learning project, 2024",
)
def lgn_std(gradient_norm: np.ndarray) -> np.ndarray:
    """Standard deviation of the norm of the loss's gradient at the image over epochs.

    score = sqrt(mean_t (LGN_t - mean_t LGN_t)^2) (population form).
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        gradient_norm: `(N, T)` LGN_t = B * norm of dL/dx over all views of the sample.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> lgn_std(np.array([[0.5, 1.5], [np.nan, 2.0]])).tolist()
        [0.5, 0.0]
    """
    return std(gradient_norm)
