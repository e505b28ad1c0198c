"""Downloads by torchvision; the only place here that imports it."""

import os
from pathlib import Path

from hardrare.errors import InputError


def download(name: str) -> Path:
    """Let torchvision fetch one of its datasets, once, and check it.

    Args:
        name: the torchvision class: CIFAR10, MNIST, FashionMNIST.

    Returns:
        The folder that holds it, in the user's cache (`XDG_CACHE_HOME`, or `~/.cache`).

    Raises:
        InputError: it is neither in the cache nor to be had over the network.
    """
    from torchvision import datasets

    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hardrare"
    try:
        getattr(datasets, name)(root, download=True)
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputError(
            f"torchvision cannot download {name} ({reason}); "
            "set prepare.path to a local copy (Parquet, IDX or torchvision's own folder)."
        ) from None
    return root
