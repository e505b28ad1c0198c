"""How long, in what batches and on what a network is trained."""

from dataclasses import dataclass, field, replace
from typing import Literal

import torch

from hardrare.errors import InputError
from hardrare.networks import resolve_device

__all__ = ["OnDevices", "Precision", "Schedule", "Settings", "autocast", "resolve_device"]

LEAST_STEPS, LEAST_BATCH = 8, 8  # of an epoch of a head on features
Schedule = Literal["cosine", "one_cycle", "triangular", "constant"]
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True)
class Settings:
    """What the loop reads of the parameters, whatever the objective.

    Attributes:
        epochs: passes over the training rows, in each phase.
        batch_size: samples in a batch; all batches are equal, the rest of an epoch's
            permutation is left out of that epoch.
        schedule: of the learning rate over all steps of a phase.
        precision: of training on a GPU; measuring is always in float32.
        device: auto, or a torch device name.
        checkpoint_every: epochs from one checkpoint to the next; 0 = none are kept.
    """

    epochs: int
    batch_size: int
    schedule: Schedule
    precision: Precision
    device: str
    checkpoint_every: int

    def __post_init__(self) -> None:
        """Refuse numbers that cannot train."""
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}, it must be at least 1.")


@dataclass(frozen=True)
class OnDevices(Settings):
    """The settings of a stage that several devices can share.

    Attributes:
        devices: processes that train together, each with a GPU or its part of the cores;
            `batch_size` is that of all of them.
    """

    devices: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse numbers that cannot train."""
        super().__post_init__()
        if self.devices < 1:
            raise InputError(f"devices is {self.devices}, it must be at least 1.")


def in_small_batches(settings: Settings, count: int) -> Settings:
    """Settings under which an epoch of `count` samples has at least 8 batches of at least 8.

    A head on features is trained for few epochs: of a few dozen samples these would be a few
    steps otherwise, too few to learn anything.
    """
    size = max(count // LEAST_STEPS, LEAST_BATCH)
    return replace(settings, batch_size=min(settings.batch_size, size))


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """The mixed-precision context of a training step: bfloat16 where the GPU has it.

    `auto` means float32 on a CPU and on GPUs without bfloat16.
    """
    able = device.type == "cuda" and torch.cuda.is_bf16_supported()
    enabled = precision == "bfloat16" or (precision == "auto" and able)
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled)
