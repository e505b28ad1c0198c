"""The metric `mimo_kl`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="nats", harder="high", source="Havasi et al., ICLR 2021, arXiv:2010.06610, D_KL")
def mimo_kl(mimo_kl: np.ndarray) -> np.ndarray:
    """How far apart the heads of one multi-input multi-output network are.

    score = mean over ordered pairs of heads of KL(p_a, p_b) = sum_c p_a ln(p_a / p_b).
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        mimo_kl: `(N, T)` that mean, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> mimo_kl(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(mimo_kl)
