"""Objectives: what a network is trained for, one file each.

A file `<name>.py` has

- `WORDS`, what it does with an image, in one line for readers;
- `Settings`, a frozen dataclass: the objective's part of the parameters, those of `Shared`
  and `augmentation` among them;
- `build(settings, network, data) -> Objective`.

Images are floats in 0..1. The module normalises them itself where it wants to.

The per-sample loss is the output `sample_loss (B,)`: of `measure` where it is one of an
un-augmented image, of `measure_views` where it is one of augmented views. Either way the
probe `loss` records it. An objective without one gives neither.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

import torch

from hardrare import plugins, processes
from hardrare.errors import InputError


@dataclass(frozen=True)
class Data:
    """What an objective may know of the images: shape (C, H, W), channel statistics, classes."""

    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: int = 0


@dataclass(frozen=True)
class Shared:
    """What every objective's settings begin with.

    Attributes:
        network: of `hardrare.networks`.
        optimizer: adam, adamw or sgd.
        learning_rate: above 0; `auto` = by a range test before training (`training.rate_range`).
        weight_decay: of the optimizer.
        weights: that the network starts from, of timm or torchvision or a file, as
            `networks.pretrained` takes them; None = drawn at random.
    """

    network: str
    optimizer: str
    learning_rate: float | Literal["auto"]
    weight_decay: float
    weights: str | None = field(default=None, kw_only=True)

    @property
    def network_options(self) -> dict[str, Any]:
        """What the network is built with, beside the shape of the images."""
        return {}

    @property
    def images_at_once(self) -> int:
        """Images that the network takes as one, stacked along the channels."""
        return 1


class Objective(torch.nn.Module):
    """What training asks of every objective; a subclass adds `loss` and `measure`.

    Attributes:
        views: augmented views of each sample in a training batch.
        gradient: whether the gradient of its loss with respect to the images is measured.
        view_outputs: what probes may read of `measure_views`.
        reconstructs: whether `reconstruct` gives images again, for what is measured over
            dropout masks.
        masks: whether `reconstructions` gives them under masks of its own.
        mixes: whether samples of a batch are put together in the network's input: then each of
            several processes is given the views of the whole batch, not of its share.
    """

    views: int = 1
    gradient: bool = False
    view_outputs: tuple[str, ...] = ()
    reconstructs: bool = False
    masks: bool = False
    mixes: bool = False

    def loss(self, views: list[torch.Tensor], label: torch.Tensor | None) -> torch.Tensor:
        """The batch loss (scalar) of `views` tensors (B, C, H, W), differentiable.

        Several processes have the views of their share of the batch each, labels of the whole one.
        Each is to give the loss of the whole batch: of what `processes.gathered` gives of outputs.
        """
        raise NotImplementedError

    def measure(self, images: torch.Tensor, label: torch.Tensor | None) -> dict[str, torch.Tensor]:
        """Outputs that probes read, of un-augmented images: at least `features (B, D)`."""
        raise NotImplementedError

    def measure_views(
        self,
        views: list[torch.Tensor],
        label: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Outputs of augmented views; `batch_loss` where the gradient is measured.

        Labels are those of the whole batch, None of a run that reads none.
        """
        return {"batch_loss": self.loss(views, label)} if self.gradient else {}

    def after_step(self) -> None:
        """Called after every optimizer step, where something follows the weights."""

    def reconstruct(self, images: torch.Tensor) -> torch.Tensor:
        """Reconstructions (B, C, H, W)."""
        raise NotImplementedError

    def reconstructions(self, images: torch.Tensor) -> Iterator[torch.Tensor]:
        """Reconstructions (B, C, H, W) under several masks, one after the other."""
        raise NotImplementedError


class TwoViews(Objective):
    """A backbone and a projection head, trained on two views that pass as one batch.

    Features are the backbone's output. A subclass sets `criterion`, the batch loss of two
    projections, or has `terms` of its own where the loss has a part for each sample.
    """

    views = 2
    gradient = True
    view_outputs = ("projections",)
    criterion: torch.nn.Module

    def __init__(self, network: torch.nn.Module, head: torch.nn.Module, data: Data) -> None:
        super().__init__()
        self.backbone = torch.nn.Sequential(normaliser(data), network)
        self.head = head

    def project(self, views: list[torch.Tensor]) -> torch.Tensor:
        """Projections (2, B, P) in float32 of the two views."""
        return torch.stack(self.head(self.backbone(torch.cat(views))).float().chunk(2))

    def terms(
        self,
        views: list[torch.Tensor],  # noqa: ARG002
        projections: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """`batch_loss` of own projections (2, b, P); `sample_loss (B,)` where there is one."""
        return {"batch_loss": self.criterion(*processes.gathered(projections, 1))}

    def loss(self, views: list[torch.Tensor], label: None = None) -> torch.Tensor:  # noqa: ARG002
        """The batch loss of two views."""
        return self.terms(views, self.project(views))["batch_loss"]

    def measure(self, images: torch.Tensor, label: None = None) -> dict[str, torch.Tensor]:  # noqa: ARG002
        """`features (B, D)`."""
        return {"features": self.backbone(images)}

    def measure_views(
        self,
        views: list[torch.Tensor],
        label: torch.Tensor | None = None,  # noqa: ARG002
    ) -> dict[str, torch.Tensor]:
        """`projections (2, B, P)` and the terms of the loss."""
        projections = self.project(views)
        whole = processes.gathered(projections, 1)
        return {"projections": whole, **self.terms(views, projections)}


def reconstructed(images: torch.Tensor, made: torch.Tensor) -> dict[str, torch.Tensor]:
    """`images` and `reconstruction` (B, C, H, W); `{}` of features, which have no structure."""
    return {"images": images, "reconstruction": made} if images[0, 0].numel() > 1 else {}


def names() -> list[str]:
    """Every objective's name, sorted; imports none of them."""
    return plugins.names(__package__)


def label_free() -> list[str]:
    """The names of the objectives that read no label; imports all of them."""
    return [name for name in names() if not reads_labels(objective(name))]


def reads_labels(module: ModuleType) -> bool:
    """Whether an objective learns labels: its file says `READS_LABELS = True`."""
    return getattr(module, "READS_LABELS", False)


def objective(name: str, without_labels: str | None = None) -> ModuleType:
    """The module of an objective.

    Args:
        name: of its file.
        without_labels: the list of the parameters that names it, where that list takes no
            objective that reads labels.

    Raises:
        InputError: there is no such objective, or it reads labels where it must not.
    """
    known = names()
    if name not in known:
        raise InputError(f"unknown objective {name!r}; known are {', '.join(known)}.")
    module = importlib.import_module(f"{__name__}.{name}")
    if without_labels and reads_labels(module):
        raise InputError(f"{without_labels}: {name} reads labels; name it in supervise.")
    return module


def normaliser(data: Data) -> torch.nn.Module:
    """A module that takes images in 0..1 to zero mean and unit deviation per channel."""
    return _Normalise(data.mean, data.std)


class _Normalise(torch.nn.Module):
    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1))
        self.register_buffer(
            "std", torch.tensor(std, dtype=torch.float32).clamp(min=1e-3).view(1, -1, 1, 1)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return (images - self.mean) / self.std
