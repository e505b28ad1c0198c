"""Metric `world_agreement`: whether other networks see the same neighbourhood."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.rank_overlap import rank_biased_overlap


@metric(
    unit="overlap",
    harder="low",
    source="rank-biased overlap: Webber, Moffat & Zobel, ACM TOIS 2010, of neighbour lists",
    signal="whether other networks see the same images beside it",
)
def world_agreement(world_neighbours: np.ndarray) -> np.ndarray:
    """Mean rank-biased overlap of a sample's nearest in this network with those in others.

    a_i = 1/(W - 1) sum_(w > 0) RBO(L_i0, L_iw), L_i0 the list of this network, L_iw of another
    one; p = 0.9, extrapolated (`rank_overlap`). Low: how the sample looks depends on who looks.

    Args:
        world_neighbours: (N, W, k) ids of the k nearest in W networks, the own first; W >= 2.

    Returns:
        (N,) float64, 0..1.

    Examples:
        Another network with the same list, and one with nothing of it.

        >>> world_agreement(np.array([[[1, 2], [1, 2], [3, 4]]])).round(6)
        array([0.5])
    """
    own, others = world_neighbours[:, 0], world_neighbours[:, 1:].swapaxes(0, 1)
    return np.mean([rank_biased_overlap(own, other) for other in others], axis=0)
