"""Files of a run's state: whole and on the disk, or not there; read without running any code."""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from hardrare.errors import InputError


def save(value: Any, path: Path) -> None:  # noqa: ANN401
    """Write tensors and numbers behind their digest; the file appears when it is whole on disk."""
    part, packed = path.with_name(f"{path.name}.part"), io.BytesIO()
    torch.save(value, packed)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(hashlib.blake2b(packed.getbuffer()).digest())
                file.write(packed.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Errors of the operating system as one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"{path}: the checkpoint cannot be written ({reason}); make room or make the folder "
            "writable, or set checkpoint_every to 0. The last whole checkpoint is kept."
        ) from None


def load(path: Path) -> Any:  # noqa: ANN401
    """Read tensors and numbers, and nothing that could run code."""
    try:
        with path.open("rb") as file:
            said = file.read(hashlib.blake2b().digest_size)
            start = file.tell()
            if hashlib.file_digest(file, hashlib.blake2b).digest() != said:
                raise ValueError("other bytes than were written")
            file.seek(start)
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise InputError(
            f"{path}: not a whole checkpoint ({error}); delete {path.parents[2]}, then the run "
            "begins anew."
        ) from None
