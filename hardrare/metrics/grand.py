"""The metric `grand`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first


@metric(unit="loss per weight", harder="high", source="Paul et al., NeurIPS 2021, arXiv:2107.07075")
def grand(grand: np.ndarray) -> np.ndarray:
    """Norm of the sample's gradient by all weights, early in training.

    score = norm(d L(x, y) / d theta) at the end of epoch ceil(T / 10), counted from 1, exact.
    The mean over runs is taken over seeds, not here. At initialisation it does not reproduce
    (Kirsch 2023, arXiv:2303.14753), so it is not taken there. Undefined throughout = 0.

    Args:
        grand: `(N, T)` norm of the per-sample gradient, NaN but at that epoch.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> grand(np.array([[np.nan, 2.5, np.nan]])).tolist()
        [2.5]
    """
    return first(grand)
