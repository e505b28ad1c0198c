"""Metric `transition_depth`: how late inside a network a sample comes to its neighbours."""

import numpy as np

from hardrare.metrics import metric

HALF = 0.5  # share of the last neighbours from which on they count as found


@metric(
    unit="share of depth",
    harder="high",
    source="prediction depth, Baldock et al., NeurIPS 2021, arXiv:2106.09647, with neighbours "
    "in place of labels",
    signal="how deep inside the network its neighbours become the last ones",
)
def transition_depth(depth_neighbours: np.ndarray) -> np.ndarray:
    """The depth from which on half of a sample's nearest are those of the last depth.

    With o_il the share of the k nearest of sample i at depth l that are among its k nearest at the
    last depth L - 1 (so o_i(L-1) = 1), t is the first depth with o_il' >= 1/2 at every
    l' >= l; between the depths t - 1 and t the line is followed to where it is 1/2, so that few
    samples tie. The score is that place over L - 1.

    Args:
        depth_neighbours: (N, L, k) rows of the k nearest at L depths, the last one last.

    Returns:
        (N,) float64, 0 = from the first depth on .. 1; 0 where there are no neighbours.

    Examples:
        Of two neighbours none, one and both: the half is at the second of three depths. Of
        none, none and both: half way between the second and the third.

        >>> transition_depth(np.array([[[1, 2], [3, 5], [3, 4]], [[1, 2], [1, 2], [3, 4]]]))
        array([0.5 , 0.75])
    """
    count, depths, k = depth_neighbours.shape
    if not k or depths < 2:
        return np.zeros(count)
    last = depth_neighbours[:, -1]
    share = [(layer[:, :, None] == last[:, None]).any(axis=2).mean(axis=1)
             for layer in depth_neighbours.swapaxes(0, 1)]  # fmt: skip
    overlap = np.stack(share, axis=1)  # (N, L)
    below = overlap[:, ::-1] < HALF
    first = np.where(below.any(axis=1), depths - below.argmax(axis=1), 0)
    row, before = np.arange(count), np.maximum(first - 1, 0)
    high, low = overlap[row, first], overlap[row, before]
    rest = np.where(first > 0, (high - HALF) / np.where(high > low, high - low, 1), 0)
    return (first - rest) / (depths - 1)
