"""What is left of a score once the pixel statistics are known.

A score that only repeats a one-line pixel statistic finds whatever that statistic finds.
Its residual does not.
"""

import numpy as np

DIGITS = 9  # percentiles differ by 1 / (2 n) or not at all; below this is rounding
TINY = 1e-10


def residuals(values: np.ndarray, pixels: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """Each score's percentile minus its linear prediction from the pixel statistics' percentiles.

    Percentiles are taken among the clean samples and the regression is fitted on them, so
    it says how the score follows the pixels in ordinary images; what was injected is then
    judged by how far it departs from that. Linear in the percentiles: a score that follows a
    pixel statistic without being monotone in it keeps a part.

    Args:
        values: `(P, N)`, finite.
        pixels: positions `(Q,)` of the pixel statistics.
        clean: positions of the clean samples.

    Returns:
        `(P, N)` in about -1..1, exactly 0 where the pixel statistics determine the score.
    """
    shares = np.stack([_percentiles(row, row[clean]) for row in values]) - 0.5
    design = np.vstack([np.ones(shares.shape[1]), shares[pixels]])  # (1 + Q, N)
    known = design[:, clean]
    inverse = np.linalg.pinv(known @ known.T, rcond=TINY, hermitian=True)
    slopes = shares[:, clean] @ known.T @ inverse  # (P, 1 + Q)
    return np.round(shares - slopes @ design, DIGITS)


def _percentiles(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Share of `among (n,)` below each of `values (N,)`, equal ones counted half; in 0..1."""
    ranked = np.sort(among)
    below = np.searchsorted(ranked, values, "left") + np.searchsorted(ranked, values, "right")
    return below / (2.0 * len(ranked))
