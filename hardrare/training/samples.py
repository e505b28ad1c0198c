"""What the loop asks of the samples that it trains on, be they images or features."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch

from hardrare.augmentation import Views
from hardrare.objectives import Data

ALL = slice(None)


class Samples(Protocol):
    """N samples as batches on a device: `Pixels` of images, `FeatureViews` of features.

    Attributes:
        device: where batches come.
        label: (N,) on it, None for a run that reads no label.
        area: pixels of a sample, by which batches without gradients are sized.
        data: shape, statistics and number of classes.
    """

    device: torch.device
    label: torch.Tensor | None
    area: int
    data: Data

    def __len__(self) -> int: ...

    def labelled(self, label: np.ndarray) -> "Samples":
        """The same samples with labels (N,)."""
        ...

    def batch(self, rows: np.ndarray) -> torch.Tensor:
        """Some samples as they are, (B, C, H, W)."""
        ...

    def labels(self, rows: np.ndarray) -> torch.Tensor | None:
        """Their labels (B,)."""
        ...

    def views(
        self, rows: np.ndarray, count: int, how: Views, generator: torch.Generator, own: slice = ALL
    ) -> list[torch.Tensor]:
        """`count` random views (B, C, H, W) of some samples: of `own`, drawn as among all."""
        ...

    def repeats(
        self, rows: np.ndarray, count: int, how: Views, generator: torch.Generator, own: slice = ALL
    ) -> Iterator[torch.Tensor]:
        """As many views of some samples as are worth measuring, `count` at most."""
        ...


def on_device(label: np.ndarray | None, device: torch.device) -> torch.Tensor | None:
    """Labels (N,) as whole numbers of torch."""
    return None if label is None else torch.from_numpy(np.array(label, np.int64)).to(device)


def sent(values: np.ndarray, device: torch.device) -> torch.Tensor:
    """Numbers on a device, without waiting for it: to a GPU they go by pinned memory.

    A plain copy waits until the GPU has done all that it was told before.
    """
    here = torch.from_numpy(values)
    if device.type != "cuda":
        return here.to(device)
    return here.pin_memory().to(device, non_blocking=True)
