"""What is left of a score once the pixel statistics are known.

A score that only repeats what one-line pixel statistics say, in whatever form, finds whatever
they find. Its residual does not.

scikit-learn's `cross_val_predict` with `LinearRegression` gives the same residuals in 3 times the
processor time: here the products of every fold are made once and the other folds' are their sums
(`benchmarks/hand_written.py`).
"""

import numpy as np

from hardrare.numerics.ranks import percentiles

KNOTS = 8  # bends of the curve in each pixel statistic
FOLDS = 5
DIGITS = 6  # of a residual; below this is rounding
TINY = 1e-10


def residuals(values: np.ndarray, pixels: np.ndarray, shuffled: np.ndarray) -> np.ndarray:
    """Each score's percentile minus what the pixel statistics predict of it.

    Percentiles are mid-ranks among the samples compared, the changed ones with the clean
    ones: a regression of the clean alone would have to guess where no clean sample lies. The
    prediction is least squares on a piecewise linear curve of each statistic's percentile
    (8 bends) and on the product of each pair, for each fifth of the samples by the other
    four: what is fitted to chance in one part is not taken from another. Where pixels tell the
    artefact by themselves, nothing is left for any score.

    A score that is a smooth function of pixel statistics keeps an AUROC within about 0.06 of
    0.5, one that jumps up to 0.1 (simulated: sums, squares, absolute values, maxima and steps of
    statistics, one of them shifted by two or four standard deviations in 30 to 300 samples).

    Args:
        values: `(P, n)`, finite, of the compared samples.
        pixels: positions `(Q,)` of the pixel statistics.
        shuffled: `(n,)` a random order of the samples, 0..n-1, that deals the folds.

    Returns:
        `(P, n)` in about -1..1, exactly 0 where one pixel statistic orders the samples as the
        score does.
    """
    shares = percentiles(values)
    design = curves(shares[pixels])  # (M, n)
    parts = [np.flatnonzero(shuffled % FOLDS == fold) for fold in range(FOLDS)]
    grams = [design[:, part] @ design[:, part].T for part in parts]
    slopes = [design[:, part] @ shares[:, part].T for part in parts]
    left = np.empty_like(shares)
    for fold, part in enumerate(parts):
        gram = sum(g for other, g in enumerate(grams) if other != fold)
        slope = sum(s for other, s in enumerate(slopes) if other != fold)
        weights = np.linalg.pinv(gram, rcond=TINY, hermitian=True) @ slope  # (M, P)
        left[:, part] = shares[:, part] - weights.T @ design[:, part]
    return np.round(left, DIGITS)


def curves(shares: np.ndarray) -> np.ndarray:
    """Columns `(M, n)` of the regression: of percentiles `(Q, n)` their bends and products."""
    bends = np.linspace(0, 1, KNOTS + 2)[1:-1]
    hinges = np.maximum(shares[:, None] - bends[:, None], 0).reshape(-1, shares.shape[1])
    first, second = np.triu_indices(len(shares), 1)
    middle = shares - 0.5
    return np.vstack([np.ones(shares.shape[1]), middle, hinges, middle[first] * middle[second]])
