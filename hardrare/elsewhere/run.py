"""The stages of a study side by side, each a process of its own, until they or the time end."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hardrare.runner.graph import Step, before
from hardrare.studies import HOME

GPU = ("embed", "pretrain", "pseudo_label", "supervise", "retrain")  # what their names begin with
PAUSE = 0.1  # seconds between two looks


@dataclass(frozen=True)
class Room:
    """How many stages at a time, and until when (`time.monotonic`)."""

    gpu: int
    cpu: int
    end: float


@dataclass
class Turns:
    """Steps that wait, that run and that are over."""

    waiting: list[Step]
    reads: dict[str, list[str]]
    running: dict[str, tuple[Step, subprocess.Popen, float]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)


def run(every: Sequence[Step], work: Path, room: Room) -> Turns:
    """Run every step that is not done yet, until the end of the time.

    Args:
        every: steps, in an order in which they could run; among those that can the first starts.
        work: the folder where tables lie, and `logs`.
        room: how many at a time, and until when.
    """
    (work / "logs").mkdir(exist_ok=True)
    turns = Turns(list(every), before(every))
    while (turns.waiting or turns.running) and time.monotonic() < room.end:
        _gather(turns)
        _start(turns, work, room)
        if not turns.running:
            break  # what waits reads what failed
        time.sleep(PAUSE)
    for name, (step, process, _) in turns.running.items():
        process.terminate()
        process.wait()
        _forget(step, work)
        print(f"{name} stopped: the time is over", flush=True)
    return turns


def _gather(turns: Turns) -> None:
    """Take note of what has ended."""
    for name, (_, process, began) in list(turns.running.items()):
        if process.poll() is None:
            continue
        del turns.running[name]
        (turns.done if process.returncode == 0 else turns.failed).add(name)
        turns.seconds[name] = round(time.monotonic() - began, 1)
        word = "done" if process.returncode == 0 else f"FAILED with {process.returncode}"
        print(f"{name} {word} after {turns.seconds[name]:.1f} s", flush=True)


def _start(turns: Turns, work: Path, room: Room) -> None:
    """Start what can start, in order."""
    for step in list(turns.waiting):
        if not set(turns.reads[step.name]) <= turns.done:
            continue
        if all((work / out).exists() for out in step.outs):
            turns.waiting.remove(step)
            turns.done.add(step.name)
            continue
        alike = sum(_on_gpu(other) == _on_gpu(step) for other, _, _ in turns.running.values())
        if alike >= (room.gpu if _on_gpu(step) else room.cpu):
            continue
        turns.waiting.remove(step)
        log = (work / "logs" / f"{step.name}.log").open("w")
        for out in step.outs:
            (work / out).parent.mkdir(parents=True, exist_ok=True)
        found = os.pathsep.join([str(HOME), os.environ.get("PYTHONPATH", "")])
        asked = {"cwd": work, "stdout": log, "stderr": subprocess.STDOUT}
        command, env = [sys.executable, "-m", *step.words], os.environ | {"PYTHONPATH": found}
        process = subprocess.Popen(command, **asked, env=env)
        log.close()
        turns.running[step.name] = (step, process, time.monotonic())


def _on_gpu(step: Step) -> bool:
    return step.stage.startswith(GPU)


def _forget(step: Step, work: Path) -> None:
    """Remove what a stopped stage had begun, so that it runs again."""
    for out in step.outs:
        path = work / out
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
