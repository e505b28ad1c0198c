"""The metric `vae_elbo`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(
    unit="nats",
    harder="high",
    source="Kingma & Welling, ICLR 2014, arXiv:1312.6114",
)
def vae_elbo(negative_log_likelihood: np.ndarray, kl: np.ndarray) -> np.ndarray:
    """Negative evidence lower bound of the sample: how unlikely a variational autoencoder finds it.

    score = E_z[-ln p(x | z)] + KL at the last epoch at which both are defined. The likelihood is
    a density, so the score can be negative. A sample without such an epoch scores 0.

    Args:
        negative_log_likelihood: `(N, T)` -ln p(x | z), mean over draws of the code.
        kl: `(N, T)` divergence of the code's distribution from a standard normal.

    Returns:
        `(N,)`, any real number.

    Example:
        >>> likelihood = np.array([[9.0, -2.0], [4.0, np.nan]])
        >>> vae_elbo(likelihood, np.array([[8.0, 2.5], [3.0, 2.0]])).tolist()
        [0.5, 7.0]
    """
    return last(np.asarray(negative_log_likelihood, np.float64) + kl)
