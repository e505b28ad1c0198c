"""Where a network runs."""

import torch

from hardrare.errors import InputError


def resolve_device(name: str) -> torch.device:
    """A torch device: the GPU if `auto` finds one, else the CPU.

    Raises:
        InputError: the name is none, or there is no such device here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError):
        raise InputError(f"device {name!r} is not there; use auto, cpu or cuda.") from None
