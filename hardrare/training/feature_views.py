"""The features of a frozen network in place of images: what small heads are trained on.

A sample is its features as D channels of one pixel, `(B, D, 1, 1)`, so that objectives, probes
and the loop treat them as they treat images. Its random views are those that were stored of
it, features of augmented images; dropout of features can stand in where there are none.
Every feature is standardised over the samples, the views by statistics of their own: without
that the largest features alone would decide, and features of small views differ from those of
the whole image by more than samples differ. A gradient at such an input is per standard
deviation of a feature. Of many features the leading principal components stand in for all
(`components`): a head learns from 256 of 1,280 in half the time.
"""

from collections.abc import Iterator
from copy import copy
from functools import cached_property

import numpy as np
import torch

from hardrare.augmentation import Views
from hardrare.errors import InputError
from hardrare.objectives import Data
from hardrare.training.components import LEAST, components_of
from hardrare.training.samples import ALL, on_device, sent

BLOCK = 4096  # samples at a time when statistics are taken


class FeatureViews:
    """`features (N, D)` and `views (N, V, D)` as standardised batches (B, D, 1, 1).

    Stands where `Pixels` stands. Large tables stay memory-mapped.
    """

    area = 1  # pixels of a sample

    def __init__(
        self,
        features: np.ndarray,
        views: np.ndarray | None,
        label: np.ndarray | None,
        device: torch.device,
        dropout: float = 0.0,
        components: int = 0,
    ) -> None:
        """Take the statistics; where there are more features than components, reduce them.

        Args:
            features: (N, D) of the images as they are.
            views: (N, V, D) of augmented images, None or V = 0 where there are none.
            label: (N,), None for a run that reads no label.
            device: where batches go.
            dropout: share of a random view's features that is set to their mean, 0..1.
            components: principal components at most, in place of the features; 0 = the features.

        Raises:
            InputError: the dropout is no share below 1, or the components are below 0.
        """
        if not 0 <= dropout < 1:
            raise InputError(f"feature_dropout is {dropout}, give a share of 0..1, below 1.")
        if components < 0:
            raise InputError(f"components is {components}, it must be 0 (all features) or more.")
        self.device, self.features, self.dropout = device, features, dropout
        self.stored = None if views is None or views.shape[1] == 0 else views
        self.label = on_device(label, device)
        self.whole = _statistics(features, device)
        self.seen = self.whole if self.stored is None else _statistics(self.stored, device)
        if 0 < components < features.shape[1]:
            self._reduce(components)

    def __len__(self) -> int:
        return len(self.features)

    def labelled(self, label: np.ndarray) -> "FeatureViews":
        """The same samples with labels (N,)."""
        other = copy(self)
        other.label = on_device(label, self.device)
        other.__dict__.pop("data", None)  # it counts the classes
        return other

    def batch(self, rows: np.ndarray) -> torch.Tensor:
        """Features (B, D, 1, 1) of the images as they are."""
        return self._standardised(self.features[rows], self.whole)

    def labels(self, rows: np.ndarray) -> torch.Tensor | None:
        """Labels (B,) of some rows, None where the run has none."""
        return None if self.label is None else self.label[sent(rows, self.device)]

    def views(
        self, rows: np.ndarray, count: int, how: Views, generator: torch.Generator, own: slice = ALL
    ) -> list[torch.Tensor]:
        """`count` views (B, D, 1, 1) of each sample, different ones as far as there are any.

        Numbers are drawn for all rows, views are made of `own` among them.

        Raises:
            InputError: the views are to be made of images, or there is nothing to make them of.
        """
        if how is None:
            return [self.batch(rows[own])] * count
        self._require(how)
        if self.stored is None:
            views = [self.batch(rows[own])] * count
        else:
            stored = self.stored.shape[1]
            drawn = torch.rand(len(rows), stored, generator=generator).argsort(1).numpy()[own]
            picked = (self.stored[rows[own], drawn[:, i % stored]] for i in range(count))
            views = [self._standardised(features, self.seen) for features in picked]
        return [self._dropped(view, generator, len(rows), own) for view in views]

    def repeats(
        self, rows: np.ndarray, count: int, how: Views, generator: torch.Generator, own: slice = ALL
    ) -> Iterator[torch.Tensor]:
        """Every stored view of each sample, or `count` random ones where none are stored."""
        if self.stored is None:
            for _ in range(count):
                yield from self.views(rows, 1, how, generator, own)
            return
        for i in range(self.stored.shape[1]):
            yield self._standardised(self.stored[rows[own], i], self.seen)

    @cached_property
    def data(self) -> Data:
        """D channels of one pixel, standardised already."""
        size = self.features.shape[1]
        classes = 0 if self.label is None else int(self.label.max()) + 1
        return Data((size, 1, 1), (0.0,) * size, (1.0,) * size, classes)

    def _standardised(
        self, rows: np.ndarray, statistics: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        mean, std = statistics
        values = sent(rows, self.device).float()
        return values.sub_(mean).div_(std)[:, :, None, None]

    def _reduce(self, components: int) -> None:
        """Put principal components in place of the standardised features and views."""
        mean, std = (part.cpu().numpy() for part in self.whole)
        axes = components_of(self.features, mean, std, components)
        moved = [
            None if of is None else _projected(of, axes, *(part.cpu().numpy() for part in by))
            for of, by in ((self.features, self.whole), (self.stored, self.seen))
        ]
        self.features, self.stored = moved
        as_they_are = torch.zeros(components), torch.ones(components)
        self.whole = self.seen = tuple(part.to(self.device) for part in as_they_are)

    def _dropped(
        self, view: torch.Tensor, generator: torch.Generator, count: int, own: slice
    ) -> torch.Tensor:
        """The view without a random share of its features, the others raised as in training."""
        if self.dropout == 0:
            return view
        kept = torch.rand(count, *view.shape[1:], generator=generator)[own] >= self.dropout
        return view * kept.to(self.device) / (1 - self.dropout)

    def _require(self, how: Views) -> None:
        """Refuse views that cannot be made of features."""
        if how != "stored":
            raise InputError("a head on features takes augmentation: stored, or null for none.")
        if self.stored is None and self.dropout == 0:
            raise InputError(
                "these features came without views; set feature_dropout above 0, for example 0.3."
            )


def _projected(
    values: np.ndarray, axes: np.ndarray, mean: np.ndarray, std: np.ndarray
) -> np.ndarray:
    """Values (..., D) standardised and on the axes (D, C): (..., C) float32, views float16."""
    made = np.empty((*values.shape[:-1], axes.shape[1]), values.dtype)
    for start in range(0, len(values), BLOCK):
        part = (np.asarray(values[start : start + BLOCK], np.float32) - mean) / std
        made[start : start + BLOCK] = part @ axes
    return made


def _statistics(values: np.ndarray, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and deviation (D,) over all rows (and views), in blocks; 1 where nothing varies."""
    size = values.shape[-1]
    total, squares, count = np.zeros(size), np.zeros(size), 0
    for start in range(0, len(values), BLOCK):
        part = np.asarray(values[start : start + BLOCK], np.float64).reshape(-1, size)
        total += part.sum(0)
        squares += np.square(part).sum(0)
        count += len(part)
    mean = total / max(count, 1)
    std = np.sqrt(np.maximum(squares / max(count, 1) - mean**2, 0))
    std[std < LEAST] = 1
    return tuple(torch.from_numpy(part).float().to(device) for part in (mean, std))
