"""Dissection: what a frozen network holds inside, before its last features.

`inside` makes of a network a function from images to its features at every depth and of patches,
`depths` gives the neighbours of each image at each depth, `patches` how far each patch is from
those of other images. What follows from them for an image are metrics (`transition_depth`,
`patch_anomaly`). No label has a way in.
"""

from hardrare.dissection.depths import depth_neighbours
from hardrare.dissection.inside import Inside, inside
from hardrare.dissection.look import look
from hardrare.dissection.patches import patch_distances

__all__ = ["Inside", "depth_neighbours", "inside", "look", "patch_distances"]
