"""Networks: what turns an image into features; one file each, chosen by name.

A file `<name>.py` has `build(shape, **options) -> nn.Module` for images of
`shape = (C, H, W)`. A backbone maps `(B, C, H, W)` floats to `(B, D)` features
and says D as its attribute `width`. Any other name is that of a network of timm or
torchvision, built without its classifier. `pretrained` gives one with weights.
"""

import importlib

from torch import nn

from hardrare import plugins
from hardrare.errors import InputError
from hardrare.networks._device import resolve_device
from hardrare.networks._libraries import (
    Normalisation,
    library_network,
    of_a_library,
    refuse_unknown,
)
from hardrare.networks._threads import one_thread
from hardrare.networks._weights import BUNDLED, DOWNLOAD, load_weights

__all__ = [
    "BUNDLED", "DOWNLOAD", "Normalisation", "build", "names", "one_thread", "pretrained",
    "refuse_unknown", "resolve_device",
]  # fmt: skip


def names() -> list[str]:
    """The networks of this folder, sorted; imports none of them."""
    return plugins.names(__package__)


def build(name: str, shape: tuple[int, int, int], **options: float) -> nn.Module:
    """The network of a name for images of shape (C, H, W), its weights drawn at random.

    Raises:
        InputError: there is no such network, here or in timm or torchvision.
    """
    if name in names():
        return importlib.import_module(f"{__name__}.{name}").build(shape, **options)
    refuse_unknown(name, names())
    return library_network(name, shape)[0]


def pretrained(
    name: str, shape: tuple[int, int, int], weights: str
) -> tuple[nn.Module, Normalisation]:
    """The network of a name with weights that somebody trained, and what images it expects.

    Args:
        name: as in `build`.
        shape: (C, H, W) of the images.
        weights: `bundled` (of an installed package, offline), `download` (asks the library,
            and so the network), or a file: safetensors, or a checkpoint of tensors alone.

    Raises:
        InputError: no such network or weights, or weights of another network.
    """
    own = name in names()
    if not own:
        refuse_unknown(name, names())
    if weights == DOWNLOAD and own and not of_a_library(name):
        raise InputError(
            f"{name} is a network of this library, of which nobody published weights; "
            "give a file of them, or name another network."
        )
    if weights == DOWNLOAD:
        return library_network(name, shape, download=True)
    network, expected = (
        (build(name, shape), Normalisation()) if own else library_network(name, shape)
    )
    load_weights(network, name, weights)
    return network, expected
