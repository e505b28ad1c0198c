"""The metric `ssim_last`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="1", harder="low", source="Team12, Skoltech Machine Learning project, 2024")
def ssim_last(ssim: np.ndarray) -> np.ndarray:
    """How alike image and reconstruction are after training.

    score = ssim_(T-1), the last defined epoch.
    A sample without any defined epoch scores 0.

    Args:
        ssim: `(N, T)` structural similarity of image and reconstruction, -1..1.

    Returns:
        `(N,)`, -1..1.

    Example:
        >>> ssim_last(np.array([[0.25, 0.5, 0.75], [0.5, 0.125, np.nan]])).tolist()
        [0.75, 0.125]
    """
    return last(ssim)
