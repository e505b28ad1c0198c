"""The metric `vae_kl`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="nats",
    harder="high",
    source="Kingma & Welling, ICLR 2014, arXiv:1312.6114",
)
def vae_kl(kl: np.ndarray) -> np.ndarray:
    """How much a variational autoencoder has to say of the sample.

    score = KL_(T-1) = 1/2 sum_d (m_d^2 + s_d^2 - 1 - ln s_d^2), the last defined epoch.
    A sample without any defined epoch scores 0.

    Args:
        kl: `(N, T)` divergence of the code's distribution from a standard normal.

    Returns:
        `(N,)`, 0 upwards.

    Example:
        >>> vae_kl(np.array([[8.0, 2.5], [3.0, np.nan]])).tolist()
        [2.5, 3.0]
    """
    return last(kl)
