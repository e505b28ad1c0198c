"""The metric `mc_dropout_entropy`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="nats", harder="high", source="Gal & Ghahramani, ICML 2016, arXiv:1506.02142")
def mc_dropout_entropy(mc_dropout_entropy: np.ndarray) -> np.ndarray:
    """Predictive entropy over passes with dropout on.

    score = H[mean_s p_s], S passes after the last epoch.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        mc_dropout_entropy: `(N, T)` that entropy, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..ln K.

    Example:
        >>> mc_dropout_entropy(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(mc_dropout_entropy)
