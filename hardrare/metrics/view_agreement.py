"""Metric `view_agreement`: how alike a frozen network sees augmented views of an image."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.blocks import row_blocks
from hardrare.numerics.points import points


@metric(
    unit="cosine",
    harder="low",
    source="after Bachman et al., NeurIPS 2014 (pseudo-ensembles), of frozen features",
)
def view_agreement(views: np.ndarray) -> np.ndarray:
    """Mean cosine of every pair of a sample's views, the mean of all views taken off first.

    a_i = sum_(v != w) u_iv . u_iw / (V (V - 1)) = (norm(sum_v u_iv)^2 - V) / (V (V - 1)), u
    the views' features less their mean over all samples and views, divided by their norm.

    Args:
        views: (N, V, D), V at least 2.

    Returns:
        (N,) float64, cosine, -1..1.

    Examples:
        Two samples, two views each; the mean of the four is 0.

        >>> view_agreement(np.array([[[1.0, 1.0], [1.0, -1.0]], [[-1.0, 1.0], [-1.0, -1.0]]]))
        array([0., 0.])
    """
    n, count, width = views.shape
    agreement, size = np.zeros(n), 8 * count * width
    total = sum(views[b].sum(axis=(0, 1), dtype=np.float64) for b in row_blocks(n, size))
    mean = total / max(n * count, 1)
    for block in row_blocks(n, size):
        moved = (views[block] - mean).reshape(-1, width)
        unit = points(moved, unit=True).astype(np.float64).reshape(-1, count, width)
        square = np.square(unit.sum(axis=1)).sum(axis=1)
        own = np.square(unit).sum(axis=(1, 2))  # V, but for a view at the very mean
        agreement[block] = (square - own) / (count * (count - 1))
    return agreement
