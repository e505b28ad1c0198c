"""The stages of a study side by side until they or the time end, by the runner of all studies.

A stage counts as done where what it writes is there. Of a stage that the end of the time stops,
the pieces that are complete are put where the whole would be; it is due again the next time.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardrare.pieces import gather, is_whole
from hardrare.runner.graph import Step, before
from hardrare.runner.run import Outcome
from hardrare.runner.run import run as run_steps

GPU = ("embed", "pretrain", "pseudo_label", "supervise", "retrain")  # what their names begin with
LOG = "logs/study.log"


@dataclass(frozen=True)
class Room:
    """How many stages at a time, and until when (`time.monotonic`)."""

    gpu: int
    cpu: int
    end: float

    def lanes(self, step: Step) -> list[str]:
        """The processes that may run a step."""
        gpu = step.stage.startswith(GPU)
        return [f"{'gpu' if gpu else 'cpu'}{i}" for i in range(self.gpu if gpu else self.cpu)]


@dataclass
class Outputs:
    """Knows a step as done where what it writes is there; says what ends."""

    steps: Sequence[Step]
    root: Path
    there: list[str] = field(default_factory=list)

    def reads(self) -> Mapping[str, Sequence[str]]:
        """For each step the names of the steps that write what it reads."""
        return before(self.steps)

    def due(self, step: Step) -> str | None:
        """Why a step has to run, None where it need not."""
        there = all((self.root / out).exists() for out in step.outs)
        return None if there and is_whole(self.scratch(step)) else "not there"

    def origins(self, step: Step) -> None:
        """Have the folders that a step writes into."""
        for out in step.outs:
            (self.root / out).parent.mkdir(parents=True, exist_ok=True)

    def keep(self, step: Step, origins: None, seconds: float, cpu: float) -> None:  # noqa: ARG002
        """Say so: what it wrote is all that is kept."""
        print(f"{step.name} done after {seconds:.1f} s", flush=True)

    def close(self) -> None:
        """There is nothing to note at the end."""

    def skip(self, step: str) -> None:
        """A step that need not run."""
        self.there.append(step)

    def start(self, step: str) -> None:
        """A step starts."""

    def line(self, step: str, text: str) -> None:
        """A line that a step printed: the log has it."""

    def end(self, step: str) -> None:
        """A step is over."""

    def failed(self, step: str, sentence: str) -> None:
        """A step failed; what does not read it goes on."""
        print(f"{step} FAILED: {sentence}", flush=True)

    def scratch(self, step: Step) -> Path:
        """The folder of a step's pieces."""
        at = step.words.index("--scratch") + 1 if "--scratch" in step.words else 0
        return self.root / step.words[at] / step.words[0].removeprefix("stages.")

    def leave_what_is_whole(self, step: Step) -> None:
        """Of a stopped step leave its complete pieces, and nothing else, so that it runs again."""
        for path in (self.root / out for out in step.outs):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        folders = [self.root / out for out in step.outs]
        pieces = gather(folders, self.scratch(step)) if step.parts else 0
        left = f"; {pieces} of its pieces are complete" if step.parts else ""
        print(f"{step.name} stopped: the time is over{left}", flush=True)


def run(every: Sequence[Step], work: Path, room: Room) -> tuple[Outcome, list[str]]:
    """Run every step that is not done yet, until the end of the time.

    Args:
        every: steps.
        work: the folder where tables lie, and `logs`.
        room: how many at a time, and until when.

    Returns:
        How it went, and the names of the steps that were done before.
    """
    outputs = Outputs(every, work)
    given: dict[str, Any] = {"several": True, "until": room.end, "failed": outputs.failed}
    outcome = run_steps(outputs, work / LOG, outputs, room.lanes, **given)
    for step in outcome.stopped:
        outputs.leave_what_is_whole(step)
    return outcome, outputs.there
