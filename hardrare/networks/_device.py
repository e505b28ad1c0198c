"""Where a network runs."""

import torch

from hardrare.errors import InputError


def resolve_device(name: str) -> torch.device:
    """A torch device: the GPU if `auto` finds one, else the CPU.

    On a GPU cudnn then tries its kernels on the first batch: all batches of a run are alike.

    Raises:
        InputError: the name is none, or there is no such device here.
    """
    torch.backends.cudnn.benchmark = True
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError):
        raise InputError(f"device {name!r} is not there; use auto, cpu or cuda.") from None
