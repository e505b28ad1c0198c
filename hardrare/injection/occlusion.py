"""A part of the image covered by a grey box."""

import numpy as np

from hardrare.injection._formula import formula, pasted
from hardrare.injection._registry import artefact

GREY = 127


@artefact(
    "occlusion",
    "a box covered with one grey",
    formula(lambda a, _, row: pasted(a, 127.0, row)),
    strength="area share of the box",
    unit="share of the area",
    high=1.0,
)
def occlusion(image: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """The image, with grey 127 in every channel inside the box.

    A fixed grey and not the image's mean: a box of one colour can be checked without
    the original, and it stays visible on flat images. On a black ground it adds ink.

    Args:
        image: `(H, W, C)` uint8.
        box: top, left, height, width in pixels.

    Returns:
        `(H, W, C)` uint8, exact.

    >>> occlusion(np.zeros((2, 2, 1), np.uint8), (1, 0, 1, 2))[..., 0].tolist()
    [[0, 0], [127, 127]]
    """
    top, left, height, width = box
    covered = image.copy()
    covered[top : top + height, left : left + width] = GREY
    return covered
