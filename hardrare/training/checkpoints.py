"""Checkpoints: a run that was stopped, by whatever, goes on where it was and ends alike.

`<scratch>/<title>/<digest>/` holds the state of a stage. The digest is of its parameters,
its code and its inputs, so that no other run's state is ever picked up; a state of the
same title with another digest is removed. A stage trains once or several times; each time is
a piece of its own, numbered in the order in which the stage comes to it, and the pieces that
are complete are read back rather than trained again. A file gets its name only when it is
whole and on the disk. When the stage ends well its folder goes.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout

import hardrare
from hardrare import processes
from hardrare.errors import InputError
from hardrare.training.settings import resolve_device
from hardrare.training.state_files import load, save, writing
from hardrare.training.trainee import Trainee

# All that a stage that trains may import, beside its own script: files, and folders of files.
CODE = (
    *("__init__.py", "dependencies.py", "errors.py", "params.py", "pieces.py", "plugins.py"),
    *("processes.py", "runs.py", "stage.py", "augmentation", "networks", "numerics", "objectives"),
    *("probes", "protocols", "tables", "training"),
)
COMPUTE = ("lightly", "numpy", "torch", "torchvision")  # packages
# Parameters that change nothing in what comes out.
IDLE = ("checkpoint_every", "devices")

Record = tuple[int, dict[str, np.ndarray], np.ndarray | None]


class Checkpoint:
    """The state of one training, or nothing at all where none is kept.

    Attributes:
        phase: where to go on.
        epoch: the first one of that phase that is still to be trained.
        trained: epochs that need not be trained again, over all phases.
    """

    def __init__(self, folder: Path | None = None, every: int = 0) -> None:
        """Read what there is.

        Raises:
            InputError: a file is damaged.
        """
        self.folder, self.every = folder, every
        self.phase, self.epoch, self.trained, self.files = 0, 0, 0, 0
        self.fresh: list[Record] = []
        self.state: dict[str, Any] | None = None
        if folder is not None and (folder / "state.pt").exists():
            self.state = load(folder / "state.pt")
            self.phase, self.epoch, self.trained, self.files = self.state["where"]

    def records(self) -> Iterator[Record]:
        """What was recorded so far, in its order."""
        for number in range(self.files):
            for part, columns, features in load(self.folder / f"records-{number}.pt"):
                arrays = {name: column.numpy() for name, column in columns.items()}
                yield part, arrays, None if features is None else features.numpy()

    def restore(self, trainees: Sequence[Trainee], device: torch.device) -> None:
        """Go on from the state that was read, with trainees that were built and begun alike."""
        if self.state is None:
            return
        for trainee, state in zip(trainees, self.state["trainees"], strict=True):
            trainee.restore(state)
        torch.set_rng_state(self.state["random"])
        if device.type == "cuda":
            torch.cuda.set_rng_state(self.state["random_gpu"], device)
        self.state = None

    def keep(self, record: Record) -> None:
        """Remember what was recorded of an epoch, until the next save."""
        if self.folder is not None and processes.first():
            self.fresh.append(record)

    def save(
        self, trainees: Sequence[Trainee], phase: int, epoch: int, device: torch.device,
        due: bool, done: bool,
    ) -> None:  # fmt: skip
        """Keep the state after `epoch` epochs of a phase, if it is `due` or every so often.

        Of a training that is `done` the networks are enough. Of several processes the first one
        writes for all, so that any number of them can go on.

        Raises:
            InputError: the file cannot be written.
        """
        self.trained += 1
        if self.folder is None or not (due or epoch % self.every == 0):
            return
        if self.fresh:
            rows = [
                (
                    part,
                    {name: _tensor(column) for name, column in columns.items()},
                    _tensor(features),
                )
                for part, columns, features in self.fresh
            ]
            save(rows, self.folder / f"records-{self.files}.pt")
            self.files, self.fresh = self.files + 1, []
        gpu = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
        state = {
            "where": (phase, epoch, self.trained, self.files),
            "trainees": [trainee.state(done) for trainee in trainees],
            "random": torch.get_rng_state(),
            "random_gpu": gpu,
        }
        if processes.first():
            save(state, self.folder / "state.pt")


class Checkpoints:
    """The pieces of one stage, in the order in which it trains them."""

    def __init__(self, folder: Path, every: int) -> None:
        self.folder, self.every, self.pieces = folder, every, 0

    def next(self) -> Checkpoint:
        """The next training's."""
        self.pieces += 1
        return Checkpoint(self.folder / str(self.pieces - 1), self.every)


@contextmanager
def checkpoints(
    scratch: Path,
    title: str,
    params: Any,  # noqa: ANN401
    inputs: Sequence[Path],
    every: int,
) -> Iterator[Checkpoints | None]:
    """A stage's checkpoints; its folder is removed if the block succeeds, else kept.

    Args:
        scratch: where checkpoints lie; ignored by git and by DVC.
        title: of the stage and its matrix item, as a folder's name.
        params: the stage's parameters, a dataclass.
        inputs: every file that the stage reads.
        every: epochs from one to the next; 0 = none are kept.

    Yields:
        What `train` takes, None where none are kept.

    Raises:
        InputError: another process trains the same, or the folder cannot be written.
    """
    if every < 0:
        raise InputError(f"checkpoint_every is {every}, it must be 0 or more.")
    if every == 0:
        yield None
        return
    home, digest = scratch / title, _digest(params, inputs)
    with _alone(home, digest) if processes.first() else nullcontext():
        processes.wait()
        yield Checkpoints(home / digest, every)
        processes.wait()  # others may still read


@contextmanager
def _alone(home: Path, digest: str) -> Iterator[None]:
    """While nobody else trains the same: other states are gone before, this one after success."""
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home.with_name(f"{home.name}.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise InputError(
                f"{home}: another process trains the same now; wait for it or stop it."
            ) from None
    with lock:
        for other in home.iterdir():
            if other.name != digest:
                shutil.rmtree(other)
        yield
        shutil.rmtree(home, ignore_errors=True)


def _digest(params: Any, inputs: Sequence[Path]) -> str:  # noqa: ANN401
    """Of parameters, code, inputs, packages and device: what decides what comes out."""
    values = {k: v for k, v in asdict(params).items() if k not in IDLE}
    packages = [version(name) for name in COMPUTE]
    device = resolve_device(params.device)
    digest = hashlib.blake2b(repr((packages, device.type, sorted(values.items()))).encode())
    for path in (*_code(), *inputs):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, hashlib.blake2b).digest())
    return digest.hexdigest()[:32]


def _code() -> list[Path]:
    """The stage's script and every file of the library that it may import."""
    library, script = Path(hardrare.__file__).parent, sys.modules["__main__"].__dict__
    parts = [library / part for part in CODE]
    files = [path for p in parts for path in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]
    return [*files, *([Path(script["__file__"])] if script.get("__file__") else [])]


def _tensor(values: np.ndarray | None) -> torch.Tensor | None:
    return None if values is None else torch.from_numpy(values)
