"""Running steps one after the other, each in a process of its own, and only where it is due."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from hardrare.errors import InputError
from hardrare.scan.graph import Step, feeds
from hardrare.scan.progress import Progress
from hardrare.studies import HOME
from hardrare.tables import complete


class Listener(Protocol):
    """Hears which step runs, and every line that it prints."""

    def begin(self, step: str) -> None:
        """A step starts."""

    def line(self, text: str) -> None:
        """A line that the step printed."""


class Record:
    """What was done in a folder: the stamp and the seconds of each step, kept as JSON."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.known.setdefault("done", {})

    def keep(self, name: str, stamp: str, seconds: float) -> None:
        """Note that a step is done."""
        self.known["done"][name] = {"stamp": stamp, "seconds": round(seconds, 1)}
        self.write()

    def write(self) -> None:
        """Write all that is known."""
        with complete(self.path) as part:
            part.write_text(json.dumps(self.known, indent=1), encoding="utf-8")

    def is_done(self, step: Step, stamp: str, root: Path) -> bool:
        """Whether a step was done from the same things, and what it wrote is there."""
        known = self.known["done"].get(step.name, {})
        return known.get("stamp") == stamp and all((root / out).exists() for out in step.outs)

    def seconds_of(self, names: Sequence[str]) -> float:
        """How long some steps took."""
        return sum(one["seconds"] for name, one in self.known["done"].items() if name in names)


def stamps(steps: Sequence[Step], params: Mapping[str, Any], source: str) -> dict[str, str]:
    """What each step depends on, as one digest.

    That is its command, the values of its parameters, its code, and the steps before it; of a
    step that none is before, the source.
    """
    made: dict[str, str] = {}
    for step in steps:
        before = [made[other.name] for other in steps if feeds(other, step)]
        told = [step.words, _values(step, params), _code(step), sorted(before) or source]
        made[step.name] = hashlib.blake2b(json.dumps(told).encode(), digest_size=12).hexdigest()
    return made


def run(
    steps: Sequence[Step], marks: Mapping[str, str], root: Path, record: Record, progress: Progress
) -> int:
    """Run what is due, in order; returns how many steps ran.

    Raises:
        InputError: a step failed; says which, and what it said.
    """
    ran = 0
    for step in steps:
        if record.is_done(step, marks[step.name], root):
            progress.skip(step.name)
            continue
        started = time.perf_counter()
        call(step, root, progress)
        record.keep(step.name, marks[step.name], time.perf_counter() - started)
        progress.end()
        ran += 1
    return ran


def call(step: Step, root: Path, progress: Listener) -> None:
    """One step, as `python -m <words>` in the study's folder."""
    progress.begin(step.name)
    process = subprocess.Popen(
        [sys.executable, "-m", *step.words], cwd=root, text=True, encoding="utf-8", bufsize=1,
        env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said: list[str] = []
    try:
        for line in process.stdout or []:
            said = [*said[-19:], line.rstrip()]
            progress.line(line)
        status = process.wait()
    finally:
        process.kill()
        process.wait()
    if status:
        raise InputError("\n".join(said) or f"{step.name} ended with status {status}.")


def environment() -> dict[str, str]:
    """What a step's process needs to find this package from any folder."""
    paths = [str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def _code(step: Step) -> str:
    """A digest of the code that a step uses."""
    digest = hashlib.blake2b(digest_size=12)
    for name in step.code:
        path = HOME / name
        files = (
            sorted(p for p in path.rglob("*.*") if p.suffix != ".pyc") if path.is_dir() else [path]
        )
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _values(step: Step, params: Mapping[str, Any]) -> list:
    """The values of the parameters that a step reads."""
    found = []
    for key in step.params:
        value: Any = params
        for part in key.split("."):
            value = value[part]
        found.append(value)
    return found
