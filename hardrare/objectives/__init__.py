"""Objectives: what a network is trained for, one file each.

A file `<name>.py` has

- `Settings`, a frozen dataclass: the objective's part of the parameters, with at
  least `network`, `optimiser`, `learning_rate`, `weight_decay`, `augmentation`;
- `build(settings, network, data) -> Objective`, an `nn.Module`.

Images are floats in 0..1. The module normalises them itself where it wants to.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

import torch

from hardrare.errors import InputError


@dataclass(frozen=True)
class Data:
    """What an objective may know of the images: shape (C, H, W), channel statistics, classes."""

    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: int = 0


class Objective(Protocol):
    """An `nn.Module` that also answers these.

    Attributes:
        views: augmented views of each sample in a training batch.
        gradient: whether the gradient of its loss with respect to the images is measured.
    """

    views: int
    gradient: bool

    def loss(self, views: list[torch.Tensor], label: torch.Tensor | None) -> torch.Tensor:
        """The batch loss (scalar) of `views` tensors (B, C, H, W), differentiable."""
        ...

    def measure(self, images: torch.Tensor, label: torch.Tensor | None) -> dict[str, torch.Tensor]:
        """Outputs that probes read, of un-augmented images: at least `features (B, D)`."""
        ...

    def measure_views(self, views: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Outputs that probes read of augmented views; `{}` where there are none."""
        ...


def names() -> list[str]:
    """Every objective's name, sorted; imports none of them."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__))


def objective(name: str) -> ModuleType:
    """The module of an objective.

    Raises:
        InputError: there is no such objective.
    """
    known = names()
    if name not in known:
        raise InputError(f"unknown objective {name!r}; known are {', '.join(known)}.")
    return importlib.import_module(f"{__name__}.{name}")


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
