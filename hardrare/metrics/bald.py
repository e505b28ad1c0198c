"""The metric `bald`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="nats",
    harder="high",
    source="Houlsby et al., 2011, arXiv:1112.5745; by dropout as Gal et al., ICML 2017",
)
def bald(bald: np.ndarray) -> np.ndarray:
    """What passes with dropout on disagree about: mutual information of class and mask.

    score = H[mean_s p_s] - mean_s H[p_s], S passes after the last epoch.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        bald: `(N, T)` that difference, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..ln K.

    Example:
        >>> bald(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(bald)
