"""Metric `lid_tle`: local intrinsic dimension that a small neighbourhood is enough for."""

import numpy as np

from hardrare.errors import InputError
from hardrare.metrics import metric
from hardrare.metrics._lid import dimension
from hardrare.numerics.blocks import each_block
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import points

_CACHED = 4 << 20  # bytes of a block that the cache holds
_NEGLIGIBLE = 1e-4  # of r: closer pairs measure rounding and copies, not dimension


@metric(
    unit="dimensions",
    harder="high",
    source="Amsaleg et al., SDM 2019 (tight localities)",
)
def lid_tle(features: np.ndarray, *, tle_neighbours: int = 30) -> np.ndarray:
    """Local intrinsic dimension by the tight local estimator.

    For a sample x, its k nearest v (u_v = v - x, r the largest norm) and balls that shrink
    from B(x, r) to the point v, s_vw is the radius at which w leaves the ball:

        s = r A / (b + sqrt(b^2 + A (r^2 - U))),  A = norm(v - w)^2,  U = norm(u_v)^2,
        b = (A + U - norm(u_w)^2) / 2;  t_vw alike from the mirror image 2x - v of v,
        LID = -n / sum [ln(s_vw / r) + ln(t_vw / r)] / 2 + ln(norm(u_w) / r)

    with the first two logarithms over ordered pairs v != w, the third over w, and n their
    number of pairs and w. Neighbours at distance 0 are dropped (`_lid.dropped_distances`
    says how many), and pairs with s or t below 1e-4 r. With fewer than two neighbours left
    the score is 0; where the sum is 0 it is D.

    Args:
        features: (N, D).
        tle_neighbours: k, at least 2, clipped to N - 1.

    Returns:
        (N,) float64, dimensions, >= 0.

    Raises:
        InputError: k below 2.

    Examples:
        From 0, the end of 0, 1, 2: r = 2 and u = 1, 2. Pair (1, 2): A = 1, b = -1, s = r;
        mirrored A = 9, b = 3, t = r. Pair (2, 1): A = 1, b = 2, s = r / 4; A = 9, b = 6,
        t = 3/4 r. So 4 / -[ln(3/16) / 2 + ln(1/2)] = 2.6141. From 1, both mirrored A are 0,
        which drops the pairs; u = r leaves a sum of 0 and the score D.

        >>> lid_tle(np.array([[0.0], [1.0], [2.0]])).round(4)
        array([2.6141, 1.    , 2.6141])
    """
    if tle_neighbours < 2:
        raise InputError(f"tle_neighbours is {tle_neighbours}, expected 2 or more.")
    rows = points(features)
    near = nearest(features, tle_neighbours)
    logs, usable = np.zeros(len(rows)), (near.distance > 0).sum(axis=1)
    k = near.index.shape[1]

    def estimate(block: slice) -> None:
        around = np.subtract(rows[near.index[block]], rows[block][:, None], dtype=np.float64)
        logs[block] = _mean_log(around, near.distance[block])

    if k:
        each_block(estimate, len(rows), 8 * k * (rows.shape[1] + 8 * k), _CACHED)
    return dimension(logs, usable, rows.shape[1])


def _mean_log(around: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Minus the mean logarithm of all measurements: (B,) from u (B, k, D) and its norms (B, k)."""
    scale = np.where(distance[:, -1] > 0, distance[:, -1], 1)[:, None]
    norm = distance / scale  # in units of r from here on
    product = around @ around.transpose(0, 2, 1) / scale[:, :, None] ** 2  # (B, k, k)
    square = norm**2
    both = square[:, :, None] + square[:, None, :]
    s = _exit_radius(both - 2 * product, square)
    t = _exit_radius(both + 2 * product, square)
    pairs = (np.minimum(s, t) >= _NEGLIGIBLE) & ~np.eye(norm.shape[1], dtype=bool)
    pairs &= (norm[:, :, None] > 0) & (norm[:, None, :] > 0)
    total = np.log(s * t, where=pairs, out=np.zeros_like(s)).sum(axis=(1, 2)) / 2
    total += np.log(norm, where=norm > 0, out=np.zeros_like(norm)).sum(axis=1)
    return np.maximum(-total, 0) / np.maximum(pairs.sum(axis=(1, 2)) + (norm > 0).sum(axis=1), 1)


def _exit_radius(apart: np.ndarray, square: np.ndarray) -> np.ndarray:
    """Where w leaves the balls that shrink to v, in units of r: (B, k, k) in 0..1.

    Of the two equal forms of the root, the one that does not cancel.

    Args:
        apart: (B, k, k) squared distance A of v (rows; or its mirror image) and w.
        square: (B, k) squared norms U of u, in units of r^2.
    """
    apart = np.maximum(apart, 0)
    b = (apart + square[:, :, None] - square[:, None, :]) / 2
    rest = np.maximum(1 - square[:, :, None], 0)
    root = np.sqrt(b**2 + apart * rest)
    away = b >= 0
    top = np.where(away, apart, root - b)
    bottom = np.where(away, b + root, rest)
    return np.minimum(top / np.where(bottom > 0, bottom, 1), 1)
