"""Explanation: which parts of an image put it where it stands on an axis.

`maps` gives the last map of features of a frozen network, `directions` says which difference of
features is to be explained, `warm` splits that difference over the positions of the map. A
network that averages its last map has features that are exactly the mean over its positions, so
this is a class activation map (Zhou et al., CVPR 2016) with a direction in place of a class.
"""

from hardrare.explanation.directions import Asked, asked, hard, mislabeled
from hardrare.explanation.maps import last_map
from hardrare.explanation.warm import grids, warm

__all__ = ["Asked", "asked", "grids", "hard", "last_map", "mislabeled", "warm"]
