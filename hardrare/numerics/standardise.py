"""Features with mean 0 and deviation 1, one rule for those that are constant."""

import numpy as np

FLAT = 1e-6  # a deviation below this share of the mean is the rounding of a constant


def standardised(features: np.ndarray, by: np.ndarray | None = None) -> np.ndarray:
    """Features with mean 0 and population deviation 1; a constant one is 0.

    Args:
        features: (N, D).
        by: (M, D) whose means and deviations are taken; None = the features' own.

    Returns:
        (N, D) float64.

    Examples:
        >>> standardised(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
        [[-1.0, 0.0], [1.0, 0.0]]
    """
    known = np.asarray(features if by is None else by, np.float64)
    centre, spread = known.mean(axis=0), known.std(axis=0)
    spread[(spread <= FLAT * np.abs(centre)) | (spread == 0)] = np.inf
    return (features - centre) / spread
