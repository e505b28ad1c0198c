"""What was done in a folder, from what and what came out: so it is known what is due, and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hardrare.errors import InputError
from hardrare.runner.contents import GONE, Contents, digest_of
from hardrare.runner.graph import Step, before, within
from hardrare.studies import HOME
from hardrare.tables import complete

TORCH = ("import torch", "from torch", "import timm", "import lightly")  # at the start of a line


class Record:
    """A JSON file: under `done` each step's origins, outputs, seconds and processor seconds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Any] = {"done": {}}
        try:
            self.known |= json.loads(path.read_text("utf-8")) if path.exists() else {}
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{path}: is damaged ({error}); restore it, or delete {path.parent} and call anew."
            ) from None

    def keep(
        self, step: Step, origins: Mapping[str, str], outs: Mapping[str, str], seconds: float,
        cpu: float = 0.0,
    ) -> None:  # fmt: skip
        """Note that a step is done."""
        self.known["done"][step.name] = {
            "origins": dict(origins), "outs": dict(outs), "seconds": round(seconds, 1),
            "cpu": round(cpu, 1),
        }  # fmt: skip
        self.write()

    def write(self) -> None:
        """Write all that is known."""
        with complete(self.path) as part:
            part.write_text(json.dumps(self.known, indent=1), encoding="utf-8")

    def seconds_of(self, names: Sequence[str]) -> float:
        """How long some steps took."""
        done = self.known["done"]
        return sum(done[name]["seconds"] for name in names if name in done)


@dataclass(frozen=True)
class Work:
    """Steps to bring up to date, and all that decides which of them are due.

    Attributes:
        steps: in an order that works.
        params: the whole parameter file.
        root: the folder that paths are relative to.
        record: what was done there.
        contents: digests of files.
        outside: stage to a digest of what it reads and no step writes.
    """

    steps: Sequence[Step]
    params: Mapping[str, Any]
    root: Path
    record: Record
    contents: Contents
    outside: Mapping[str, str]

    def origins(self, step: Step) -> dict[str, str]:
        """What a step's result depends on: what each is called, and its digest now."""
        return {
            "its command": digest_of(step.words),
            "its parameters": digest_of([_value(key, self.params) for key in step.params]),
            "its code": code_of(step.code)[0],
            "what it reads": self.outside.get(step.stage, ""),
        } | self.contents.several(self.root, self._read(step), step.no_label)

    def due(self, step: Step) -> str | None:
        """Why a step has to run, None where it need not; the steps before it are done."""
        done = self.record.known["done"].get(step.name)
        if done is None:
            return "never ran"
        now = self.origins(step)
        if changed := sorted(k for k in now.keys() | done["origins"].keys()
                             if now.get(k) != done["origins"].get(k)):  # fmt: skip
            return f"{changed[0]} changed"
        for out, digest in self.contents.several(self.root, step.outs).items():
            if digest != done["outs"].get(out):
                return f"{out} {'is gone' if digest == GONE else 'was changed'}"
        return None

    def keep(
        self, step: Step, origins: Mapping[str, str], seconds: float, cpu: float = 0.0
    ) -> None:
        """Note a step that just ran."""
        outs = self.contents.several(self.root, step.outs)
        self.record.keep(step, origins, outs, seconds, cpu)

    def reads(self) -> dict[str, list[str]]:
        """For each step the names of the steps that write what it reads."""
        return before(self.steps)

    def close(self) -> None:
        """Keep what is known of files."""
        self.contents.save()

    def _read(self, step: Step) -> list[str]:
        """The files that a step reads; of a folder only those that some step writes."""
        outs = [out for other in self.steps for out in other.outs]
        read: set[str] = set()
        for dep in step.deps:
            written = {out for out in outs if within(out, dep)}
            read |= written or {dep}
        return sorted(read)


@cache
def code_of(names: Sequence[str]) -> tuple[str, bool]:
    """A digest of some code, and whether importing it imports torch."""
    told, torch = [], False
    for name in names:
        path = HOME / name
        inside = sorted(p for p in path.rglob("*.*") if p.suffix != ".pyc")
        for file in inside if path.is_dir() else [path]:
            text = file.read_text("utf-8")
            told.append([file.relative_to(HOME).as_posix(), text])
            torch |= file.suffix == ".py" and any(s.startswith(TORCH) for s in text.splitlines())
    return digest_of(told), torch


def _value(key: str, params: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """The value of a dotted key; None where it is absent, which the stage itself refuses."""
    value: Any = params
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
