"""Images of one size as a network wants them: squares of three channels."""

import numpy as np
from PIL import Image

from hardrare.tables import Images


class Squares:
    """The samples of a table of images."""

    def __init__(self, images: Images) -> None:
        self.sample_id, self._image = images.sample_id, images.image

    def __len__(self) -> int:
        return len(self.sample_id)

    def squares(self, rows: np.ndarray, side: int) -> np.ndarray:
        """Images (B, side, side, 3) uint8 of some rows, resized where they are of another size."""
        return np.stack([self._square(self._image[row], side) for row in rows])

    def _square(self, image: np.ndarray, side: int) -> np.ndarray:
        drawn = Image.fromarray(np.broadcast_to(image, (*image.shape[:2], 3)))
        return np.asarray(drawn.resize((side, side), Image.Resampling.BICUBIC))
