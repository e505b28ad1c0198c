"""The metric `vog`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.epochs import last


@metric(unit="deviation", harder="high", source="Agarwal et al., CVPR 2022, arXiv:2008.11600")
def vog(gradient_deviation: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Variance of gradients: how much the input gradient moves over training, within the class.

    score = (v - mean_class v) / std_class v, v = mean over pixels of the standard deviation over
    K checkpoints of d z_y / dx. A standard deviation despite its name.
    It looks at all samples: of one class by itself, with population std; 0 where a class has
    no spread or v is undefined.

    Args:
        gradient_deviation: `(N, T)` v, recorded at the last epoch, NaN before.
        label: `(N,)` given labels.

    Returns:
        `(N,)`, standard deviations of the class, any sign.

    Example:
        >>> v = np.array([[np.nan, 1.0], [np.nan, 3.0], [np.nan, 9.0]])
        >>> vog(v, np.array([0, 0, 1])).tolist()
        [-1.0, 1.0, 0.0]
    """
    value, score = last(gradient_deviation), np.zeros(len(label))
    known = ~np.isnan(np.asarray(gradient_deviation, np.float64)).all(axis=1)
    for class_id in np.unique(label):
        rows = np.flatnonzero((np.asarray(label) == class_id) & known)
        rows = rows[np.argsort(value[rows], kind="stable")]  # a sum that no order changes
        spread = value[rows].std() if len(rows) else 0.0
        if spread > 1e-12 * np.abs(value[rows]).max(initial=0):
            score[rows] = (value[rows] - value[rows].mean()) / spread
    return score
