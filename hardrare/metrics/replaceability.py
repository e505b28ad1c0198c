"""Metric `replaceability`: how well others make up a sample's features."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.blocks import each_block
from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import points

CANDIDATES = 3  # times as many of the nearest as may be combined
RIDGE = 1e-6  # of the squared weights: copies among the others leave a solution


@metric(
    unit="share",
    harder="low",
    source="sparse self-expression: You, Robinson & Vidal, CVPR 2016 (orthogonal matching pursuit)",
    asked=True,
    signal="how well a few other images make up its features",
)
def replaceability(features: np.ndarray, *, neighbours: int = 10) -> np.ndarray:
    """Share of a sample's features that a sparse combination of other samples makes up.

    r_i = 1 - norm(u_i - sum_(j in S) w_j u_j)^2 / norm(u_i)^2, u the features divided by their
    L2 norm, S at most k of the 3 k nearest others, and no more than D / 4 (of as many others as
    there are directions anything can be made), w their best weights. Orthogonal matching
    pursuit finds S: each time the candidate whose product with what is left is largest in size is
    taken up, then all weights are fitted anew (least squares, ridge 1e-6). High: others say
    the same. A lone sample has 0, a row of zeros 1.

    scikit-learn's `orthogonal_mp_gram` gives the same to 1e-12, one sample a call: 2.3 ms of one
    core each, in place of 0.06 ms here (500 samples, 30 candidates, 10 taken up).

    Args:
        features: (N, D).
        neighbours: k, at least 1.

    Returns:
        (N,) float64, share, 0..1.

    Examples:
        Each is a combination of the two others; the second and the third have nothing in common
        with each other, and half of their square in common with the first.

        >>> square = np.zeros((3, 8))
        >>> square[:, :2] = [[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
        >>> replaceability(square, neighbours=2).round(3)
        array([1., 1., 1.])
        >>> replaceability(square, neighbours=1).round(3)
        array([0.5, 0.5, 0.5])
    """
    index = nearest(features, CANDIDATES * neighbours, unit=True).index if len(features) else None
    if index is None or not index.shape[1]:
        return np.zeros(len(features))
    rows, share = points(features, unit=True), np.zeros(len(features))
    most = min(neighbours, max(rows.shape[1] // 4, 1))

    def work(block: slice) -> None:
        own, others = rows[block].astype(np.float64), rows[index[block]].astype(np.float64)
        gram = others @ others.transpose(0, 2, 1)  # (B, C, C)
        product = (others @ own[:, :, None])[..., 0]  # (B, C)
        share[block] = np.where(own.any(axis=1), _explained(gram, product, most), 1)

    each_block(work, len(rows), 8 * index.shape[1] * (rows.shape[1] + 2 * index.shape[1]))
    return share


def _explained(gram: np.ndarray, product: np.ndarray, most: int) -> np.ndarray:
    """Share (B,) of unit rows that at most so many of C candidates make up.

    Args:
        gram: (B, C, C) products of the candidates.
        product: (B, C) products of the candidates with the rows.
        most: candidates taken up, clipped to C.
    """
    count, candidates = product.shape
    row, left = np.arange(count)[:, None], product
    chosen, free = np.empty((count, 0), np.int64), np.ones(product.shape, bool)
    for size in range(1, min(most, candidates) + 1):
        at = np.where(free, np.abs(left), -1).argmax(axis=1)[:, None]
        chosen, free[row, at] = np.concatenate([chosen, at], axis=1), False
        own = gram[row[:, :, None], chosen[:, :, None], chosen[:, None, :]]
        wanted = product[row, chosen][..., None]
        weight = np.linalg.solve(own + RIDGE * np.eye(size), wanted)
        left = product - (gram[row, chosen].transpose(0, 2, 1) @ weight)[..., 0]
    norm = (weight.transpose(0, 2, 1) @ own @ weight)[:, 0, 0]
    return np.clip(2 * (weight * wanted).sum(axis=(1, 2)) - norm, 0, 1)
