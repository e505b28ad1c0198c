"""Networks: what turns an image into features; one file each, chosen by name.

A file `<name>.py` has `build(shape, **options) -> nn.Module` for images of
`shape = (C, H, W)`. A backbone maps `(B, C, H, W)` floats to `(B, D)` features
and says D as its attribute `width`.
"""

import importlib
import pkgutil

from torch import nn

from hardrare.errors import InputError


def build(name: str, shape: tuple[int, int, int], **options: float) -> nn.Module:
    """The network of a name for images of shape (C, H, W).

    Raises:
        InputError: there is no such network.
    """
    known = sorted(m.name for m in pkgutil.iter_modules(__path__))
    if name not in known:
        raise InputError(f"unknown network {name!r}; known are {', '.join(known)}.")
    return importlib.import_module(f"{__name__}.{name}").build(shape, **options)
