"""The metric `rho`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import mean


@metric(unit="nats", harder="open", source="Mindermann et al., ICML 2022, arXiv:2206.07137")
def rho(loss: np.ndarray, irreducible_loss: np.ndarray) -> np.ndarray:
    """Reducible holdout loss: what there is left to learn of the sample, over training.

    score = mean_t [L(y, x; theta_t) - L(y, x; model that never saw the sample's half)].
    The authors compute it for a batch at the current step; here it is the mean over the
    epochs. Epochs that are NaN are left out; a sample without any defined epoch scores 0.

    Args:
        loss: `(N, T)` loss of the target model at the end of each epoch.
        irreducible_loss: `(N, T)` loss of the other half's model, the same in every epoch.

    Returns:
        `(N,)`, any sign.

    Example:
        >>> rho(np.array([[2.0, 1.0], [2.0, 2.0]]), np.array([[0.5, 0.5], [3.0, 3.0]])).tolist()
        [1.0, -1.0]
    """
    return mean(np.asarray(loss, np.float64) - np.asarray(irreducible_loss, np.float64))
