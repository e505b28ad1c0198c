"""All pictures through a network laid open, a few at a time."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from hardrare.dissection.inside import Inside

AT_ONCE = 4  # images in a pass
Squares = Callable[[np.ndarray, int], np.ndarray]


def look(
    squares: Squares,
    network: Inside,
    side: int,
    depths: Sequence[np.ndarray],
    patches: np.ndarray,
) -> None:
    """Fill in the features of pictures at every depth and of their patches.

    Args:
        squares: gives pictures (B, side, side, 3) uint8 of some rows.
        network: laid open.
        side: pixels.
        depths: L times (N, D_l) float32, written to.
        patches: (N, P, D) float16, written to.
    """

    def block(start: int) -> None:
        rows = np.arange(start, min(start + AT_ONCE, len(patches)))
        given, parts = network.split(network.run(squares(rows, side)))
        for whole, own in zip(depths, given, strict=True):
            whole[rows] = own
        patches[rows] = parts

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(block, range(0, len(patches), AT_ONCE)):
            pass
