"""What a study says while it runs: every line of its steps, then where the time went."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hardrare.runner.graph import Step
from hardrare.runner.record import code_of


class Told:
    """Listens to the steps of a study."""

    def skip(self, step: str) -> None:
        """A step that need not run."""
        print(f"Stage '{step}' didn't change, skipping", flush=True)

    def start(self, step: str) -> None:
        """A step starts."""
        print(f"Running stage '{step}':", flush=True)

    def line(self, step: str, text: str) -> None:  # noqa: ARG002 - lines name their stage
        """A line that a step printed."""
        print(text, flush=True)

    def end(self, step: str) -> None:
        """A step is over."""

    def table(self, whole: float, cpu: Mapping[str, float]) -> None:
        """Where the time went: processor seconds of each step, for they wait for each other."""
        print("\nWhere the time went (processor seconds):")
        for name, seconds in sorted(cpu.items(), key=lambda pair: -pair[1]):
            print(f"  {seconds:7.1f}  {name}")
        print(
            f"  {sum(cpu.values()):7.1f}  in all, {len(cpu)} stages ran; {whole:.1f} by the clock"
        )


def has_gpu() -> bool:
    """Whether this machine has a GPU that training would use, told without importing torch."""
    return any(Path("/proc/driver/nvidia/gpus").glob("*"))


def lanes(jobs: int, gpu: bool, step: Step) -> Sequence[str]:
    """The processes that may run a step: any, but on a GPU one for all that import torch."""
    every = [str(i) for i in range(jobs)]
    return every[:1] if gpu and code_of(step.code)[1] else every
