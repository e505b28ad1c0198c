"""The metric `mimo_entropy`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="nats", harder="high", source="Havasi et al., ICLR 2021, arXiv:2010.06610")
def mimo_entropy(mimo_entropy: np.ndarray) -> np.ndarray:
    """Predictive entropy of the heads of one multi-input multi-output network.

    score = H[mean_m p_m], M heads with the same image in every slot.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        mimo_entropy: `(N, T)` that entropy, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..ln K.

    Example:
        >>> mimo_entropy(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(mimo_entropy)
