"""The images of a run as one uint8 tensor, gathered by row and made floats on the device."""

from collections.abc import Iterator
from copy import copy
from functools import cached_property

import numpy as np
import torch

from hardrare.augmentation import Augmentation, Views, draw, view
from hardrare.errors import InputError
from hardrare.objectives import Data
from hardrare.training.samples import ALL, on_device, sent

BLOCK, PIXELS = 4096, 1 << 22  # images, and their pixels, at a time when statistics are taken
SMALL = 1 << 22  # values of all images that are kept as floats, too: 16 MB
SHARE = 0.5  # of the GPU's free memory that pixels may take; otherwise they stay in main memory


class Pixels:
    """`image (N, H, W, C)` uint8 kept as it is; batches come as floats (B, C, H, W) in 0..1.

    Large tables stay memory-mapped: only the rows of a batch are read.
    """

    def __init__(self, image: np.ndarray, label: np.ndarray | None, device: torch.device) -> None:
        self.device = device
        self.array = image
        fits = device.type == "cuda" and image.nbytes < SHARE * torch.cuda.mem_get_info(device)[0]
        self.resident = torch.from_numpy(np.array(image)).to(device) if fits else None
        self.label = on_device(label, device)

    def __len__(self) -> int:
        return len(self.array)

    @cached_property
    def floats(self) -> torch.Tensor | None:
        """Images (N, H, W, C) in 0..1 where they are few and small: made once for all batches."""
        few = self.array.size <= SMALL
        return torch.from_numpy(np.array(self.array)).to(self.device).float() / 255 if few else None

    def batch(self, rows: np.ndarray) -> torch.Tensor:
        """Images (B, C, H, W), channels last in memory, of some rows."""
        if self.floats is not None:
            return self.floats[sent(rows, self.device)].permute(0, 3, 1, 2)
        if self.resident is not None:
            pixels = self.resident[sent(rows, self.device)]
        else:
            pixels = sent(self.array[rows], self.device)
        return pixels.permute(0, 3, 1, 2).float().div_(255)

    def labelled(self, label: np.ndarray) -> "Pixels":
        """The same images with labels (N,)."""
        other = copy(self)
        other.label = on_device(label, self.device)
        other.__dict__.pop("data", None)  # it counts the classes
        return other

    @property
    def area(self) -> int:
        """Pixels of an image."""
        _, height, width, _ = self.array.shape
        return height * width

    def views(
        self, rows: np.ndarray, count: int, how: Views, generator: torch.Generator, own: slice = ALL
    ) -> list[torch.Tensor]:
        """`count` random views (B, C, H, W) of some rows, or the images themselves.

        Numbers are drawn for all rows, views are made of `own` among them.

        Raises:
            InputError: the views are to be stored ones.
        """
        images = self.batch(rows[own])
        if how is None:
            return [images] * count
        if not isinstance(how, Augmentation):
            raise InputError(f"augmentation is {how!r}; of images only features have stored views.")
        return [view(images, how, draw(len(rows), generator)[own]) for _ in range(count)]

    def repeats(
        self, rows: np.ndarray, count: int, how: Views, generator: torch.Generator, own: slice = ALL
    ) -> Iterator[torch.Tensor]:
        """`count` random views of some rows, one after the other."""
        for _ in range(count):
            yield from self.views(rows, 1, how, generator, own)

    def labels(self, rows: np.ndarray) -> torch.Tensor | None:
        """Labels (B,) of some rows, None where the run has none."""
        return None if self.label is None else self.label[sent(rows, self.device)]

    @cached_property
    def data(self) -> Data:
        """Shape, channel statistics (over all images, in blocks) and number of classes."""
        n, height, width, channels = self.array.shape
        total, squares = np.zeros(channels), np.zeros(channels)
        size = min(BLOCK, max(PIXELS // (height * width), 1))
        for start in range(0, n, size):
            part = self.array[start : start + size].astype(np.float64) / 255
            total += part.sum((0, 1, 2))
            squares += np.square(part).sum((0, 1, 2))
        mean = total / (n * height * width)
        std = np.sqrt(np.maximum(squares / (n * height * width) - mean**2, 0))
        classes = 0 if self.label is None else int(self.label.max()) + 1
        return Data((channels, height, width), tuple(mean.tolist()), tuple(std.tolist()), classes)
