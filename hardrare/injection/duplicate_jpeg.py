"""An image once more, saved as JPEG in between."""

import io

import numpy as np
from PIL import Image

from hardrare.injection._registry import artefact


@artefact(strength="JPEG quality of the copy", low=0.5, high=96.0, copies=True)
def duplicate_jpeg(image: np.ndarray, strength: float) -> np.ndarray:
    """The image encoded as JPEG and decoded again; a low quality leaves strong traces.

    Args:
        image: `(H, W, C)` uint8, C = 1 or 3.
        strength: quality 1..95, rounded to a whole number.

    Returns:
        `(H, W, C)` uint8.
    """
    file = io.BytesIO()
    pixels = image[..., 0] if image.shape[-1] == 1 else image
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "jpeg", quality=round(strength))
    return np.asarray(Image.open(file)).reshape(image.shape)
