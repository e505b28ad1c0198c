"""Pieces of a stage: tables that were made before from the same are taken again, not made anew.

A stage of many runs or arms is one node of DVC's graph, so that the graph is quick to look at.
What it makes of each run lies in `<scratch>/<stage>/<run>/`, under a digest of all that decides it:
settings, files read, the code that the stage imports, versions of what computes. The stage's
folders hold second names of the same files, where the disk has such a thing, so they take no room
twice. Of each run the last is kept; scratch may be deleted at any time. Whoever adds a seed or an
arm waits for that one alone, and several processes can make pieces of one stage side by side.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Protocol

from hardrare.dependencies import ROOT, closure
from hardrare.errors import InputError
from hardrare.tables import complete
from hardrare.tables.rolling import files_of, remove
from hardrare.tables.seal import intact

WANTED, SOME = "wanted.json", "some"  # names of files; the latter: its folders hold only some
COMPUTE = ("lightly", "numpy", "scikit-learn", "scipy", "torch", "torchvision")


@dataclass(frozen=True)
class Piece:
    """One run or arm of a stage.

    Attributes:
        name: its tables are called `<name>.arrow`.
        make: writes them, given their paths.
        inputs: every file that it reads.
        settings: every value that it reads, in a form whose `repr` tells them all.
        module: what it loads by its name, beside all that the stage imports.
    """

    name: str
    make: Callable[..., None]
    inputs: Sequence[Path]
    settings: object
    module: ModuleType | None = None

    def digest(self, stage: str) -> str:
        """Of all that decides its tables.

        Args:
            stage: the name of its script.

        Raises:
            InputError: a file that it reads is not there.
        """
        named = [self.module.__file__] if self.module else []
        decides = self.name, self.settings, code(f"stages/{stage}.py", *named)
        whole = hashlib.blake2b(repr(decides).encode(), digest_size=16)
        for path in self.inputs:
            if not path.exists():
                raise InputError(f"{path}: no such table; run the stage that writes it.")
            for file in files_of(path):
                whole.update(_of_file(file, file.stat().st_mtime_ns))
        return whole.hexdigest()


class Group(Protocol):
    """Processes that make a piece together: `hardrare.processes`."""

    def first(self) -> bool:
        """Whether this is the one that writes."""
        ...

    def agreed(self, value: bool) -> bool:
        """What the first one says."""
        ...


class Alone:
    """One process."""

    def first(self) -> bool:
        """It is."""
        return True

    def agreed(self, value: bool) -> bool:
        """As given."""
        return value


def have(
    pieces: Sequence[Piece],
    folders: Sequence[Path],
    scratch: Path,
    part: str = "",
    group: Group = Alone(),  # noqa: B008 - has no state
) -> None:
    """Have the tables of all pieces, and nothing else, in some folders.

    Args:
        pieces: of the stage.
        folders: one for each table of a piece, in the order of the stage's outs.
        scratch: the folder of the stage's pieces, which bears its name.
        part: `1/3` = make the second of three parts of the pieces and leave the folders alone, for
            processes side by side; empty = all.
        group: the processes that make each piece together.
    """
    at, of = (int(number) for number in part.split("/")) if part else (0, 1)
    homes = {piece.name: (scratch / piece.name, piece.digest(scratch.name)) for piece in pieces}
    wanted = {
        name: [home / f"{digest}-{i}.arrow" for i in range(len(folders))]
        for name, (home, digest) in homes.items()
    }
    _note(scratch, wanted)
    for piece in pieces[at::of]:
        if group.agreed(all(map(intact, wanted[piece.name]))):
            print(f"{scratch.name} {piece.name}: as before", flush=True)
        else:
            if group.first():
                shutil.rmtree(scratch / piece.name, ignore_errors=True)
            piece.make(*wanted[piece.name])
    if not part and group.first():
        _fill(folders, wanted)
        (scratch / SOME).unlink(missing_ok=True)


def _note(scratch: Path, wanted: Mapping[str, Sequence[Path]]) -> None:
    """List the files of all pieces, for `gather`; processes side by side write the same."""
    names = {name: [path.name for path in paths] for name, paths in wanted.items()}
    scratch.mkdir(parents=True, exist_ok=True)
    part = scratch / f".{WANTED}.{os.getpid()}.part"
    part.write_text(json.dumps(names), encoding="utf-8")
    part.replace(scratch / WANTED)


def gather(folders: Sequence[Path], scratch: Path) -> int:
    """Put what is complete of a stage that was stopped into its folders; returns how many pieces.

    Args:
        folders: as `have`.
        scratch: as `have`.
    """
    if not (scratch / WANTED).exists():
        return 0
    names = json.loads((scratch / WANTED).read_text("utf-8"))
    wanted = {name: [scratch / name / file for file in files] for name, files in names.items()}
    there = {name: paths for name, paths in wanted.items() if all(map(intact, paths))}
    if there:
        (scratch / SOME).touch()
        _fill(folders, there)
    return len(there)


def is_whole(scratch: Path) -> bool:
    """Whether a stage's folders hold all its pieces, not only what was complete when it stopped."""
    return not (scratch / SOME).exists()


def _fill(folders: Sequence[Path], wanted: Mapping[str, Sequence[Path]]) -> None:
    """Folders that hold the tables of these pieces: those of other runs are not of this study."""
    for i, folder in enumerate(folders):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, paths in wanted.items():
            second_name(paths[i], folder / f"{name}.arrow")


@cache
def code(*starts: str) -> str:
    """A digest of all code that some files import, directly or not, and of what it computes with.

    It is the code among the stage's deps in dvc.yaml, from the same graph of imports.

    Args:
        starts: files, relative to the folder that holds this package.
    """
    whole = hashlib.blake2b(repr(versions(COMPUTE)).encode())
    for path in sorted(closure(*(ROOT / start for start in starts))):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def versions(names: Sequence[str]) -> list[str | None]:
    """Of packages, None where one is not there: a machine that only trains lacks some."""
    known: list[str | None] = []
    for name in names:
        try:
            known.append(version(name))
        except PackageNotFoundError:
            known.append(None)
    return known


@cache
def _of_file(path: Path, changed: int) -> bytes:  # noqa: ARG001 - when, for the cache
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.blake2b).digest()


def second_name(source: Path, target: Path) -> None:
    """A second name of a table; a copy where the disk has no such thing."""
    with complete(target) as part:
        remove(part)
        if source.is_dir():
            part.mkdir()
        for file in files_of(source):
            other = part / file.name if source.is_dir() else part
            try:
                os.link(file, other)
            except OSError:
                shutil.copyfile(file, other)
