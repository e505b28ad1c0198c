"""The metric `reconstruction_uncertainty`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="pixel range^2",
    harder="high",
    source="Gal & Ghahramani, ICML 2016, arXiv:1506.02142, for an autoencoder",
)
def reconstruction_uncertainty(reconstruction_uncertainty: np.ndarray) -> np.ndarray:
    """How much reconstructions of the sample differ between masks.

    score = mean_pixels var_s x'_s over S reconstructions after the last epoch, with dropout on or
    under masks that hide parts of the image.
    A sample without any defined epoch scores 0.

    Args:
        reconstruction_uncertainty: `(N, T)` that variance, of the last epoch, NaN before.

    Returns:
        `(N,)`, 0..0.25.

    Example:
        >>> reconstruction_uncertainty(np.array([[np.nan, 0.125], [np.nan, 0.25]])).tolist()
        [0.125, 0.25]
    """
    return last(reconstruction_uncertainty)
