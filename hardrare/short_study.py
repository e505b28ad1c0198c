"""A study in minutes on a machine with a GPU and without DVC: `python -m hardrare.short_study`.

The stages of dvc.yaml run as processes of their own as soon as what they read is there: those
that train on the GPU a few at a time, beside those that only count on the CPU. What has been
written is kept, so the same command goes on. When the seconds are over no stage starts, what
still runs is stopped, and whatever is complete is packed into files of limited size, scores
first. Nothing here needs DVC, polars or the network; stages need what they always need.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from hardrare.errors import InputError
from hardrare.packing import pack
from hardrare.runner.graph import Step, before, stages_for, steps
from hardrare.studies import HOME, whole, with_values

TARGETS = ("retrain", "represent")
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


def main() -> None:
    """Run a study, then pack what it has."""
    asked = _arguments()
    started = time.monotonic()
    try:
        params = _parameters(asked.study, asked.set)
        asked.work.mkdir(parents=True, exist_ok=True)
        (asked.work / "params.yaml").write_text(params, "utf-8")
        every = steps(stages_for(asked.targets, {}), yaml.safe_load(params))
        room = Room(asked.gpu_stages, asked.cpu_stages, started + asked.seconds)
        turns = run(every, asked.work, room)
        packed = pack(asked.work, asked.out, asked.most) if asked.out else []
    except InputError as error:
        sys.exit(f"short_study: {error}")
    counts = f"{len(turns.done)} stages done, {len(turns.failed)} failed, {len(turns.waiting)}"
    spent = time.monotonic() - started
    print(f"{counts} not begun, {spent:.0f} s; {len(packed)} files packed", flush=True)
    sys.exit(bool(turns.failed))


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
        word = "done" if process.returncode == 0 else f"FAILED with {process.returncode}"
        print(f"{name} {word} after {time.monotonic() - began:.1f} s", flush=True)


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


def _parameters(study: Path, changes: Sequence[str]) -> str:
    """The whole parameter file of a study with some values changed."""
    pairs = (one.partition("=") for one in changes)
    return with_values(whole(study), {key: yaml.safe_load(value) for key, _, value in pairs})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m hardrare.short_study", description=main.__doc__)
    parser.add_argument("--study", type=Path, default=HOME / "studies/cifar10-gpu.yaml")
    parser.add_argument("--work", type=Path, required=True, help="folder of the study's tables")
    parser.add_argument("--out", type=Path, help="folder for the packed results")
    parser.add_argument("--seconds", type=float, default=570.0, help="until stages are stopped")
    parser.add_argument("--most", type=float, default=15.0, help="MiB of a packed file")
    parser.add_argument("--gpu-stages", type=int, default=3, help="on the GPU at a time")
    parser.add_argument("--cpu-stages", type=int, default=4, help="beside them at a time")
    parser.add_argument("--targets", nargs="+", default=list(TARGETS), help="stages wanted")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="parameters")
    return parser.parse_args()


if __name__ == "__main__":
    main()
