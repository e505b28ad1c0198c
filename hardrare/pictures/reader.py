"""One reader for encoded pictures and for images of one size."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from hardrare.errors import InputError
from hardrare.numerics.sizes import within
from hardrare.tables import column, read_images, read_pictures

FEW = 8  # pictures that are decoded without starting threads: whoever asks has threads of their own
ENOUGH = 3  # a picture this many times larger than asked for is decoded at a fraction of its size


class Pictures:
    """Pictures by row, as RGB; decoded when asked for, in threads, and never kept.

    Attributes:
        sample_id: `(N,)`, the samples in row order.
        whole: whether they keep their aspect; otherwise all are images of one size.
    """

    def __init__(
        self, sample_id: np.ndarray, image: np.ndarray, encoded: pa.ChunkedArray | None
    ) -> None:
        self.sample_id = sample_id
        self.whole = encoded is not None
        self._image, self._encoded = image, encoded

    def __len__(self) -> int:
        return len(self.sample_id)

    def squares(self, rows: Sequence[int] | np.ndarray, side: int) -> np.ndarray:
        """Whole pictures, each squeezed or stretched to a square (bicubic, antialiased).

        Args:
            rows: B rows, 0..N-1, in any order.
            side: pixels.

        Returns:
            (B, side, side, 3) uint8.
        """
        made = np.empty((len(rows), side, side, 3), np.uint8)

        def fill(at: int) -> None:
            drawn = self._drawn(int(rows[at]), ENOUGH * side)
            made[at] = np.asarray(_resized(drawn, side, side))

        if len(rows) <= FEW:
            for at in range(len(rows)):
                fill(at)
            return made
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(fill, range(len(rows))):
                pass
        return made

    def longest(self, row: int, side: int, enough: int = ENOUGH) -> np.ndarray:
        """One picture with its aspect, its longest side at most so many pixels.

        Args:
            row: of the picture.
            side: pixels.
            enough: times larger from which on it is decoded at a fraction of its size; 1 is for
                eyes alone, and gives one of twice the side in a third of the time.

        Returns:
            (h, w, 3) uint8.
        """
        drawn = self._drawn(row, enough * side, whole=enough < ENOUGH)
        return np.asarray(_resized(drawn, *within(drawn.size, side)))

    def encoded(self, row: int) -> bytes:
        """One picture as a file: JPEG or PNG as kept, or an image as PNG."""
        if self._encoded is not None:
            return self._encoded[row].as_py()
        stream = BytesIO()
        image = self._image[row]
        Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).save(stream, "PNG")
        return stream.getvalue()

    def digests(self) -> list[str]:
        """Of what each picture shows, as it is kept: equal pictures have equal ones."""
        return [self.digest(row) for row in range(len(self))]

    def digest(self, row: int) -> str:
        """Of what one picture shows, as it is kept."""
        if self._encoded is not None:
            kept = self._encoded[row].as_buffer()
        else:
            kept = np.ascontiguousarray(self._image[row]).data
        return blake2b(kept, digest_size=16).hexdigest()

    def _drawn(self, row: int, least: int, whole: bool = False) -> Image.Image:
        """One picture, its shorter side, or as a whole its longer one, no smaller than that."""
        if self._encoded is None:
            image = self._image[row]
            return Image.fromarray(np.broadcast_to(image, (*image.shape[:2], 3)))
        drawn = Image.open(BytesIO(self._encoded[row].as_py()), formats=("JPEG", "PNG"))
        share = least / max(drawn.size)
        fits = tuple(max(1, int(share * n)) for n in drawn.size) if whole else (least, least)
        drawn.draft("RGB", fits)
        return drawn if drawn.mode == "RGB" else drawn.convert("RGB")


def open_pictures(pictures: Path, images: Path) -> Pictures:
    """The pictures of the samples: the encoded ones where a study keeps them, else the images.

    Args:
        pictures: table "pictures/1", of no row where the study keeps none.
        images: table "images/1" of the samples.

    Raises:
        InputError: as `read`, or the two are of different samples.
    """
    kept, samples = read_pictures(pictures), read_images(images)
    if not kept.num_rows:
        return Pictures(samples.sample_id, samples.image, None)
    if not np.array_equal(column(kept, "sample_id"), samples.sample_id):
        raise InputError(f"{pictures}: is of other samples than {images}; run prepare again.")
    return Pictures(samples.sample_id, samples.image, kept.column("picture"))


def _resized(drawn: Image.Image, width: int, height: int) -> Image.Image:
    if drawn.size == (width, height):
        return drawn
    return drawn.resize((width, height), Image.Resampling.BICUBIC)
