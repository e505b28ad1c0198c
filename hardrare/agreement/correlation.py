"""Correlation matrices of many scores under weights: Spearman, Pearson, within class, partial.

All weights 1 gives the estimate, the weights of a bootstrap sample give one of its repeats:
the formula stands once. NaN marks what is not defined, as any correlation of a constant.
"""

from collections.abc import Sequence

import numpy as np

from hardrare.numerics.ranks import centred_ranks

TINY = 1e-10  # a variance below this share of the usual one is rounding


def correlation(centred: np.ndarray, weights: np.ndarray, least: float = 0.0) -> np.ndarray:
    """Weighted correlation of rows whose weighted mean is 0.

    Args:
        centred: `(P, N)`.
        weights: `(N,)`, >= 0.
        least: a row with a weighted sum of squares up to this is constant.

    Returns:
        `(P, P)` in -1..1, NaN in the rows and columns of constant rows.
    """
    scaled = centred * np.sqrt(weights)
    return normalised(scaled @ scaled.T, least)


def normalised(covariance: np.ndarray, least: float) -> np.ndarray:
    """A covariance matrix scaled to a correlation matrix; NaN where a variance is <= `least`."""
    variance = np.diag(covariance)
    scale = np.sqrt(np.where(variance > least, variance, np.nan))
    return np.clip(covariance / scale[:, None] / scale, -1.0, 1.0)


def spearman(dense: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation of each pair of rows: Pearson's of mid-ranks.

    Args:
        dense: `(P, N)` dense ranks.
        weights: `(N,)` whole numbers >= 0.

    Returns:
        `(P, P)` in -1..1 or NaN.
    """
    return correlation(centred_ranks(dense, weights), weights)


def pearson(standard: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each pair of rows.

    Args:
        standard: `(P, N)`, each row with mean 0 and variance 1, or all 0 where constant.
        weights: `(N,)` >= 0.

    Returns:
        `(P, P)` in -1..1 or NaN.
    """
    centred = standard - (standard @ weights / weights.sum())[:, None]
    return correlation(centred, weights, TINY * weights.sum())


def within_class(
    dense: Sequence[np.ndarray], members: Sequence[np.ndarray], weights: np.ndarray
) -> np.ndarray:
    """Mean over classes of Spearman's correlation inside the class, weighted by class size.

    A class in which a pair is not defined does not count for that pair.

    Args:
        dense: for each of K classes, `(P, N_k)` dense ranks inside it.
        members: for each class, the positions `(N_k,)` of its samples in `weights`.
        weights: `(N,)` whole numbers >= 0.

    Returns:
        `(P, P)` in -1..1; NaN where no class defines the pair.
    """
    total, size = 0.0, 0.0
    for ranks, positions in zip(dense, members, strict=True):
        inside, drawn = spearman(ranks, weights[positions]), weights[positions].sum()
        defined = np.isfinite(inside)
        total = total + np.where(defined, inside, 0.0) * drawn
        size = size + defined * drawn
    return np.divide(total, size, out=np.full(np.shape(size), np.nan), where=size > 0)


def partial(matrix: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Partial correlations given some of the rows.

    R_aa - R_ag R_gg^+ R_ga, normalised: on a Spearman matrix it is the correlation of the
    residuals of a linear regression of each rank on the given rows' ranks.

    Args:
        matrix: `(P, P)` correlations, NaN for constant rows.
        given: positions `(Q,)` of the rows to condition on; constant ones do not matter.

    Returns:
        `(P, P)` in -1..1; NaN for the given rows and for rows that they determine.
    """
    clean = np.where(np.isfinite(matrix), matrix, 0.0)
    inverse = np.linalg.pinv(clean[np.ix_(given, given)], rcond=TINY, hermitian=True)
    rest = clean - clean[:, given] @ inverse @ clean[given]
    rest[given, given] = 0.0
    return normalised(rest, TINY)
