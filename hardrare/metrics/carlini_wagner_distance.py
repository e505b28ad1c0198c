"""The metric `carlini_wagner_distance`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="pixel range",
    harder="low",
    source="margin to the boundary by the L2 attack, Carlini & Wagner, IEEE S&P 2017, "
    "arXiv:1608.04644",
    attack="optimisation of the change (Carlini and Wagner, L2)",
)
def carlini_wagner_distance(carlini_wagner_distance: np.ndarray) -> np.ndarray:
    """How small a change of the pixels, found by optimisation, changes the prediction.

    score = min{sqrt(mean_pixels d^2) : argmax f(x + d) != argmax f(x)} over the steps of an
    optimiser of sum d^2 + c max(z_y - max_(j != y) z_j, 0), several c; 2 = none was found.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        carlini_wagner_distance: `(N, T)` that change, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, pixel range, 0..1, or 2.

    Example:
        >>> carlini_wagner_distance(np.array([[np.nan, 0.03], [np.nan, 2.0]])).tolist()
        [0.03, 2.0]
    """
    return last(carlini_wagner_distance)
