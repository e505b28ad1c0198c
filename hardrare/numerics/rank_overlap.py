"""How much two ranked lists have in common, their beginnings counting most."""

import numpy as np

from hardrare.numerics.blocks import row_blocks

PERSISTENCE = 0.9  # p: the first ten places have 86 % of the weight (Webber et al., section 6)


def rank_biased_overlap(
    first: np.ndarray, second: np.ndarray, persistence: float = PERSISTENCE
) -> np.ndarray:
    """Rank-biased overlap of lists row by row, extrapolated beyond their end.

    RBO_ext = X_k / k p^k + (1 - p) / p sum_(d = 1..k) X_d / d p^d, X_d how many of the first d
    of both are the same (Webber, Moffat & Zobel, ACM TOIS 2010, equation 30 of equal lengths).
    The share X_k / k at the end is taken to go on.

    Args:
        first: (N, k) ids, none twice in a row.
        second: (N, k).
        persistence: p, between 0 and 1: how likely a reader goes on to the next place.

    Returns:
        (N,) float64, 0 = nothing in common .. 1 = the same lists; empty lists have 0.

    Examples:
        One in common at the first place, two at the second: X / d = 0, 1. With p = 1/2:
        1/4 + 1 * (0 + 1 * 1/4) = 1/2.

        >>> rank_biased_overlap(np.array([[7, 8]]), np.array([[8, 7]]), 0.5)
        array([0.5])
    """
    count, k = first.shape
    overlap, depth = np.zeros(count), np.arange(1, k + 1)
    rank = np.maximum.outer(depth - 1, depth - 1).ravel()  # where both have come by
    until = np.zeros((k * k, k))
    until[np.arange(k * k), rank] = 1
    weight = (1 - persistence) / persistence * persistence**depth / depth
    weight[k - 1 :] += persistence**k / max(k, 1)
    for rows in row_blocks(count if k else 0, 9 * k * k):
        same = first[rows][:, :, None] == second[rows][:, None, :]
        overlap[rows] = np.cumsum(same.reshape(-1, k * k) @ until, axis=1) @ weight
    return np.clip(overlap, 0, 1)
