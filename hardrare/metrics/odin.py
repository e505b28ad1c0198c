"""The metric `odin`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="1", harder="low", source="Liang et al., ICLR 2018, arXiv:1706.02690")
def odin(odin: np.ndarray) -> np.ndarray:
    """Tempered softmax of the final classifier after a small step towards certainty.

    score = max_c softmax(f(x') / T)_c, x' = x - eps sign(-grad log S), T = 1000, eps = 0.0014.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        odin: `(N, T)` that probability (pixels in 0..1), recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, 1/K..1.

    Example:
        >>> odin(np.array([[np.nan, 0.5], [np.nan, 0.25]])).tolist()
        [0.5, 0.25]
    """
    return last(odin)
