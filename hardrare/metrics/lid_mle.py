"""Metric `lid_mle`: how many directions the data takes around a sample."""

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics import metric
from hardrare.metrics._lid import dimension
from hardrare.numerics.neighbours import nearest


@metric(
    unit="dimensions",
    harder="high",
    source="Levina & Bickel, NIPS 2004; average of inverses: MacKay & Ghahramani, 2005",
)
def lid_mle(features: np.ndarray, *, lid_from: int = 10, lid_to: int = 20) -> np.ndarray:
    """Local intrinsic dimension by maximum likelihood, averaged over k.

    m_k = 1/(k-1) sum_(j<k) ln(T_k / T_j), T_j the Euclidean distance to the j-th nearest
    other sample; the score is [mean_(k = 10..20) m_k]^-1, the inverses being averaged.
    Distances of zero (copies) are dropped before j is counted (`_lid.dropped_distances`
    says how many), and k goes no further than what is left. With fewer than two
    distances left the score is 0; with all of them equal it is D.

    Args:
        features: (N, D).
        lid_from: smallest k, at least 2.
        lid_to: largest k, at least `lid_from`.

    Returns:
        (N,) float64, dimensions, >= 0.

    Raises:
        InputError: the range of k is empty or begins below 2.

    Examples:
        Distances 1, 2 and 4 from the first sample. k = 2: ln 2. k = 3: (ln 4 + ln 2) / 2.
        Mean 5/4 ln 2, so 0.8 / ln 2.

        >>> line = np.array([[0.0], [1.0], [-2.0], [4.0]])
        >>> lid_mle(line, lid_from=2, lid_to=3)[0].round(4)
        np.float64(1.1542)
    """
    if not 2 <= lid_from <= lid_to:
        raise InputError(f"lid_from..lid_to is {lid_from}..{lid_to}, expected 2 <= from <= to.")
    distance = nearest(features, lid_to).distance  # (N, k)
    usable = (distance > 0).sum(axis=1)
    logs = np.zeros(len(distance))
    for count in np.unique(usable[usable >= 2]):
        same = usable == count
        logs[same] = _mean_log(distance[same, -count:], lid_from)
    return dimension(logs, usable, features.shape[1])


def _mean_log(distance: np.ndarray, smallest: int) -> np.ndarray:
    """Mean over k of m_k for positive ascending distances (B, K): (B,)."""
    logs = np.log(distance)
    k = np.arange(min(smallest, logs.shape[1]), logs.shape[1] + 1)
    before = np.cumsum(logs, axis=1)[:, k - 2]  # sum over j < k
    return np.maximum(logs[:, k - 1] - before / (k - 1), 0).mean(axis=1)
