"""Large arrays on their way to a table, in a file instead of in memory."""

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike


@contextmanager
def unnamed_array(folder: Path, kind: DTypeLike, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """A writable array in a file without a name: nothing is left of it however things end.

    Args:
        folder: on the disk where the table will lie.
        kind: of the values.
        shape: of the array.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        empty = 0 in shape  # which cannot be mapped
        if not empty and hasattr(os, "posix_fallocate"):  # a full disk is told now, not by a signal
            os.posix_fallocate(file.fileno(), 0, math.prod(shape) * np.dtype(kind).itemsize)
        yield np.empty(shape, kind) if empty else np.memmap(file, kind, "w+", shape=shape)
