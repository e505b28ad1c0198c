"""The metric `mimo_disagreement`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="share", harder="high", source="Havasi et al., ICLR 2021, arXiv:2010.06610, D_disagreement"
)
def mimo_disagreement(mimo_disagreement: np.ndarray) -> np.ndarray:
    """How often two heads of one multi-input multi-output network name different classes.

    score = share of the M (M - 1) / 2 pairs of heads with argmax p_a != argmax p_b.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        mimo_disagreement: `(N, T)` that share, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 0..1, heavily tied: 0, 2/3 or 1 for three heads.

    Example:
        >>> mimo_disagreement(np.array([[np.nan, 1.0], [np.nan, 0.0]])).tolist()
        [1.0, 0.0]
    """
    return last(mimo_disagreement)
