"""Metric `oddity`: how unlike the others an image is by plain statistics of its pixels."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.neighbours import nearest

LEAST = 1e-6  # spread of a statistic below which all images are alike in it


@metric(
    unit="interquartile ranges",
    harder="high",
    source="k-th neighbour distance: Ramaswamy, Rastogi & Shim, SIGMOD 2000",
)
def oddity(statistics: np.ndarray, *, crowd: int = 20) -> np.ndarray:
    """Distance to the k-th nearest other sample, by statistics on a robust logarithmic scale.

    o_i = norm(z_i - z_(k-th nearest)), z = (ln(1 + x) - median) / interquartile range, each
    statistic by itself. So up to k images may be odd in one way (all flat, all black, all
    noise) and still count as odd. Both ends count: an image may have too little in it or too
    much. k is clipped to N - 1; a lone sample has 0.

    Args:
        statistics: (N, Q), 0 or more each.
        crowd: k, at least 1.

    Returns:
        (N,) float64, interquartile ranges, 0 or more.

    Examples:
        ln(1 + x) = 0, 1, 2, 3, 10: median 2, range 2; the last is 3.5 from its nearest.

        >>> x = np.expm1(np.array([0.0, 1, 2, 3, 10]))[:, None]
        >>> oddity(x, crowd=1).round(4)
        array([0.5, 0.5, 0.5, 0.5, 3.5])
    """
    logs = np.log1p(np.asarray(statistics, np.float64))
    low, middle, high = np.percentile(logs, (25, 50, 75), axis=0)
    spread = np.where(high - low > LEAST, high - low, 1.0)
    distance = nearest((logs - middle) / spread, crowd).distance
    return distance[:, -1] if distance.shape[1] else np.zeros(len(distance))
