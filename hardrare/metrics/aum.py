"""The metric `aum`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="logit", harder="low", source="Pleiss et al., NeurIPS 2020, arXiv:2001.10528")
def aum(margin: np.ndarray) -> np.ndarray:
    """Area under the margin: mean over epochs of the given label's lead in logits.

    score = mean_t [z_t,y - max_(j != y) z_t,j].
    Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        margin: `(N, T)` logit of the given label minus the largest other one.

    Returns:
        `(N,)`, either sign; below 0 where another label leads.

    Example:
        >>> aum(np.array([[-1.0, 2.0, 5.0], [-3.0, -1.0, 1.0]])).tolist()
        [2.0, -1.0]
    """
    return mean(margin)
