"""The metric `loss_diff`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import first, last


@metric(unit="loss", harder="high", source="Team12, Skoltech Machine Learning project, 2024")
def loss_diff(loss: np.ndarray) -> np.ndarray:
    """Change of the sample's own loss from the first epoch to the last.

    score = L_(T-1) - L_0: below 0 where it fell.
    An undefined first epoch is replaced by the next defined one, an undefined last one by the last
    defined one; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the objective, of each sample at the end of each epoch.

    Returns:
        `(N,)`, either sign.

    Example:
        >>> loss_diff(np.array([[4.0, 1.0, 3.0]])).tolist()
        [-1.0]
    """
    return last(loss) - first(loss)
