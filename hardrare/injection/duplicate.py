"""An image once more."""

import numpy as np

from hardrare.injection._formula import UNTOUCHED
from hardrare.injection._registry import COPIED, artefact


@artefact("copy", "the image added once more", UNTOUCHED, copies=True, note=COPIED)
def duplicate(image: np.ndarray) -> np.ndarray:
    """The same pixels under another name.

    Args:
        image: `(H, W, C)` uint8.

    Returns:
        `(H, W, C)` uint8, equal to the image.
    """
    return image.copy()
