"""The neighbours of each image at each depth of a network."""

from collections.abc import Sequence

import numpy as np

from hardrare.numerics.neighbours import nearest
from hardrare.numerics.points import centred

NEIGHBOURS = 30  # as in Baldock et al., NeurIPS 2021


def depth_neighbours(depths: Sequence[np.ndarray], neighbours: int = NEIGHBOURS) -> np.ndarray:
    """The k nearest others by the cosine of the features less their mean, depth by depth.

    Args:
        depths: L times features (N, D_l).
        neighbours: k, clipped to N - 1.

    Returns:
        (N, L, k) int32 rows, the nearest first.
    """
    lists = [nearest(centred(depth), neighbours, unit=True).index for depth in depths]
    return np.stack(lists, axis=1).astype(np.int32)
