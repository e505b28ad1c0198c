"""Metric `random`: the control that every claim is published beside."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.splitmix64 import splitmix64


@metric(unit="share", harder="open", source="control; Steele, Lea & Flood, OOPSLA 2014")
def random(sample_id: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """A random number that belongs to the sample's id, whatever rows stand around it.

    r_i = SplitMix64 output number sample_id_i of the sequence `seed`, upper 53 bits over
    2**53. Sorting by it is a seeded permutation. Defined for every id.

    Args:
        sample_id: (N,) ids, whole numbers, all different.
        seed: chooses another permutation.

    Returns:
        (N,) float64, a share, 0 <= r < 1, evenly distributed.

    Examples:
        The first output of SplitMix64 from state 0 is 0xE220A8397B1DCDAF, of 2**64.

        >>> float(random(np.array([0]))[0]) == (0xE220A8397B1DCDAF >> 11) / 2**53
        True
        >>> random(np.array([7, 0]))[1] == random(np.array([0]))[0]
        np.True_
    """
    return splitmix64(sample_id, seed)
