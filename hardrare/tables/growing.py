"""Samples that come one by one, their pixels in a file, so that memory stays flat.

The pixels go to a file without a name (nothing is left of it however the process
ends) beside the table to be. From there `write_images` takes them memory-mapped
into one record batch, which every reader maps without a copy.
"""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from hardrare.tables.images import Images

BLOCK = 16 * 2**20  # bytes at a time where all pixels are gone through


class GrowingImages:
    """Samples on their way to a table; all images have the shape of the first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.shape: tuple[int, int, int] | None = None  # (H, W, C)
        self.label: list[int] = []
        self.file_name: list[str] = []
        self._pixels = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType
    ) -> None:
        """Let the file go; a memory map of it lives on."""
        self._pixels.close()

    def __len__(self) -> int:
        return len(self.file_name)

    def add(self, image: np.ndarray, label: int, file_name: str) -> None:
        """One sample more: `image (H, W, C)` uint8; grey among colour ones is repeated.

        Raises:
            ValueError: another height or width than the first.
        """
        self.shape = self.shape or image.shape
        if image.shape[2] > self.shape[2]:
            self.to_colour()
        if image.shape[:2] != self.shape[:2]:
            raise ValueError(f"an image of {image.shape} among those of {self.shape}")
        self._pixels.write(np.broadcast_to(image, self.shape).tobytes())
        self.label.append(label)
        self.file_name.append(file_name)

    def to_colour(self) -> None:
        """Turn grey images into the same images of three channels; colour ones stay."""
        if self.shape is None or self.shape[2] == 3:
            return
        grey, self._pixels = self._pixels, tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115
        grey.seek(0)
        while block := grey.read(BLOCK):
            self._pixels.write(np.frombuffer(block, np.uint8).repeat(3).tobytes())
        grey.close()
        self.shape = (*self.shape[:2], 3)

    def images(self, classes: list[str], shape: tuple[int, int, int]) -> Images:
        """All samples, pixels memory-mapped and read-only, ids from 0 up.

        Args:
            classes: names of the classes.
            shape: (H, W, C) where there is no sample.
        """
        self._pixels.flush()
        pixels = np.empty((0, *shape), np.uint8)
        if len(self):
            pixels = np.memmap(self._pixels, np.uint8, "r", shape=(len(self), *self.shape))
        return Images(
            sample_id=np.arange(len(self), dtype=np.int32),
            image=pixels,
            label=np.array(self.label, np.int32),
            file_name=list(self.file_name),
            classes=list(classes),
        )
