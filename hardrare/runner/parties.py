"""Whom the runner asks and tells: who knows what is due, and who hears how it goes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from hardrare.runner.graph import Step


class Listener(Protocol):
    """Hears which steps run or need not, and every line that they print."""

    def skip(self, step: str) -> None:
        """A step that need not run."""

    def start(self, step: str) -> None:
        """A step starts."""

    def line(self, step: str, text: str) -> None:
        """A line that a step printed."""

    def end(self, step: str) -> None:
        """A step is over."""


class Ledger(Protocol):
    """Knows the steps, which of them are due, and notes what was done."""

    steps: Sequence[Step]
    root: Path

    def reads(self) -> Mapping[str, Sequence[str]]:
        """For each step the names of the steps that write what it reads."""

    def due(self, step: Step) -> str | None:
        """Why a step has to run, None where it need not; the steps before it are done."""

    def origins(self, step: Step) -> Any:  # noqa: ANN401 - its own
        """What a step's result depends on, as it begins."""

    def keep(self, step: Step, origins: Any, seconds: float, cpu: float) -> None:  # noqa: ANN401
        """Note a step that just ran, with its seconds and its processor seconds."""

    def close(self) -> None:
        """Note what is to be noted at the end, however it came."""
