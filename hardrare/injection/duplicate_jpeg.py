"""An image once more, saved as JPEG in between."""

import io

import numpy as np
from PIL import Image

from hardrare.injection._formula import Row, formula
from hardrare.injection._registry import COPIED, artefact


def _reencoded(a: np.ndarray, _: np.ndarray, row: Row) -> np.ndarray:
    """By the one encoder that there is: it shows that this image went through it, no more."""
    file = io.BytesIO()
    Image.fromarray(np.squeeze(a.astype(np.uint8))).save(
        file, format="JPEG", quality=round(row["strength"])
    )
    return np.array(Image.open(file), np.float64).reshape(a.shape)


@artefact(
    "re-encoded copy",
    "the image added once more, saved as JPEG",
    formula(_reencoded),
    strength="JPEG quality of the copy",
    unit="quality",
    low=0.5,
    high=96.0,
    copies=True,
    note=COPIED,
)
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
