"""A box of one image pasted into another at the same place."""

import numpy as np

from hardrare.injection._formula import formula, pasted
from hardrare.injection._registry import artefact


@artefact(
    "pasted box",
    "a box of one image pasted into another",
    formula(pasted),
    strength="area share of the box",
    unit="share of the area",
    high=1.0,
)
def cutmix(image: np.ndarray, partner: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """The image, with the partner's pixels inside the box (Yun et al. 2019).

    Args:
        image: `(H, W, C)` uint8.
        partner: `(H, W, C)` uint8.
        box: top, left, height, width in pixels.

    Returns:
        `(H, W, C)` uint8, exact.

    >>> zeros, ones = np.zeros((2, 2, 1), np.uint8), np.ones((2, 2, 1), np.uint8)
    >>> cutmix(zeros, ones, (0, 1, 2, 1))[..., 0].tolist()
    [[0, 1], [0, 1]]
    """
    top, left, height, width = box
    mixed = image.copy()
    mixed[top : top + height, left : left + width] = partner[
        top : top + height, left : left + width
    ]
    return mixed
