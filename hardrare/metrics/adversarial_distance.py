"""The metric `adversarial_distance`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="pixel range",
    harder="low",
    source="margin to the boundary by FGSM, Goodfellow et al., ICLR 2015, arXiv:1412.6572",
    attack="steps along the sign of the gradient (FGSM)",
)
def adversarial_distance(adversarial_distance: np.ndarray) -> np.ndarray:
    """How small a step along the sign of the gradient changes the prediction.

    score = min{e : argmax f(clip(x + e sign(grad L))) != argmax f(x)}, by bisection; 2 = never.
    The value is that of the last epoch at which it is defined; a sample without one scores 0.

    Args:
        adversarial_distance: `(N, T)` that step, recorded at the last epoch, NaN before.

    Returns:
        `(N,)`, pixel range, 0..1, or 2.

    Example:
        >>> adversarial_distance(np.array([[np.nan, 0.03], [np.nan, 2.0]])).tolist()
        [0.03, 2.0]
    """
    return last(adversarial_distance)
