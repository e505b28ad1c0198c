"""The metric `ssim_mean`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="1", harder="low", source="Team12, Skoltech Machine Learning project, 2024")
def ssim_mean(ssim: np.ndarray) -> np.ndarray:
    """Mean of the likeness of image and reconstruction over epochs.

    score = mean_t ssim_t.
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        ssim: `(N, T)` structural similarity of image and reconstruction, -1..1.

    Returns:
        `(N,)`, -1..1.

    Example:
        >>> ssim_mean(np.array([[0.25, 0.5, 0.75]])).tolist()
        [0.5]
    """
    return mean(ssim)
