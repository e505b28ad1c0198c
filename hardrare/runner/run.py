"""Bring steps up to date: what is due runs as soon as what it reads is there."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Protocol

from hardrare.errors import InputError
from hardrare.runner.graph import Step
from hardrare.runner.record import code_of
from hardrare.runner.workers import Event, Workers

LIGHT, HEAVY = "light", "heavy"  # of the two processes of a scan the second imports torch


class Listener(Protocol):
    """Hears which steps run or need not, and every line that they print."""

    def skip(self, step: str) -> None:
        """A step that need not run."""

    def begin(self, step: str) -> None:
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


def by_torch(step: Step) -> list[str]:
    """The process that runs a step of a scan: those that import torch have one for them all."""
    return [worker_of(step)]


def worker_of(step: Step) -> str:
    """Which of the two processes runs a step."""
    return HEAVY if code_of(step.code)[1] else LIGHT


def run(
    ledger: Ledger,
    log: Path,
    listener: Listener,
    lanes: Callable[[Step], Sequence[str]] = by_torch,
    several: bool = False,
) -> list[str]:
    """Run what is due, as many steps at a time as there are processes for them.

    Args:
        ledger: of the steps.
        log: where all that they print is kept.
        listener: hears how it goes.
        lanes: names of the processes that may run a step. Where there are several, steps that
            are made of pieces are made by all of them.
        several: whether they compute side by side.

    Returns:
        Names of the steps that ran.

    Raises:
        InputError: a step failed; its own sentence.
    """
    try:
        with Workers(ledger.root, log, several) as workers:
            return _Run(ledger, workers, listener, lanes).to_the_end()
    finally:
        ledger.close()


@dataclass(frozen=True)
class _Order:
    """A step to run, or a part of its pieces: `0/2`."""

    step: Step
    part: str = ""


@dataclass
class _Turn:
    """What a worker is at."""

    order: _Order
    said: str = ""


class _Run:
    def __init__(
        self, ledger: Ledger, workers: Workers, listener: Listener,
        lanes: Callable[[Step], Sequence[str]],
    ) -> None:  # fmt: skip
        self.ledger, self.workers, self.listener, self.lanes = ledger, workers, listener, lanes
        self.by_name = {step.name: step for step in ledger.steps}
        self.reads = ledger.reads()
        self.order = TopologicalSorter(self.reads)
        self.waiting: list[_Order] = []
        self.turns: dict[str, _Turn] = {}
        self.begun: dict[str, tuple[float, Any]] = {}  # when, from what
        self.parts: dict[str, int] = {}  # of a step that are still to be made
        self.cpu: dict[str, float] = {}  # seconds of each step, of all its parts
        self.loading: set[str] = set()
        self.ran: list[str] = []

    def to_the_end(self) -> list[str]:
        """Every step that is due."""
        self.order.prepare()
        while self.order.is_active():
            for name in self.order.get_ready():
                self._take(self.by_name[name])
            self.waiting.sort(key=lambda one: -len(self._after(one.step.name)))
            for order in list(self.waiting):
                free = [one for one in self.lanes(order.step) if one not in self.turns]
                if free:
                    self.waiting.remove(order)
                    self._begin(free[0], order)
            if self.turns:
                self._hear(self.workers.next())
        return self.ran

    def _take(self, step: Step) -> None:
        """A step whose inputs are there: it waits for its worker, or need not run."""
        if self.ledger.due(step) is None:
            self.listener.skip(step.name)
            self.order.done(step.name)
            return
        lanes = self.lanes(step)
        if step.parts and len(lanes) > 1:
            self.parts[step.name] = len(lanes)
            self.waiting += [_Order(step, f"{i}/{len(lanes)}") for i in range(len(lanes))]
        else:
            self.waiting.append(_Order(step))
        if lanes == [LIGHT] and HEAVY not in self.workers.processes and self._torch_after(step):
            self.loading.add(HEAVY)  # while this step runs
            self.workers.order(HEAVY, preload="torch")

    def _torch_after(self, step: Step) -> bool:
        """Whether a step that needs torch reads, directly or not, what this one writes."""
        return any(worker_of(self.by_name[name]) == HEAVY for name in self._after(step.name))

    def _after(self, name: str) -> set[str]:
        """A step and all that read, directly or not, what it writes."""
        after, more = {name}, True
        while more:
            following = {name for name, reads in self.reads.items() if after & set(reads)} - after
            after, more = after | following, bool(following)
        return after

    def _begin(self, worker: str, order: _Order) -> None:
        self.turns[worker] = _Turn(order)
        step = order.step
        if step.name not in self.begun:
            self.begun[step.name] = time.perf_counter(), self.ledger.origins(step)
            self.listener.begin(step.name)
        words = [*step.words, "--part", order.part] if order.part else step.words
        self.workers.order(worker, words=words)

    def _hear(self, event: Event) -> None:
        turn = self.turns.get(event.worker)
        if event.line is not None:
            if turn and event.line.strip():
                turn.said = event.line.strip()
                self.listener.line(turn.order.step.name, event.line)
        elif event.worker in self.loading and event.status >= 0:
            self.loading.remove(event.worker)  # what failed here fails again in its step
        elif turn is None or event.status:
            raise InputError(self._sentence(event, turn))
        else:
            del self.turns[event.worker]
            self._end(turn.order, event.cpu)

    def _end(self, order: _Order, cpu: float) -> None:
        step = order.step
        self.cpu[step.name] = self.cpu.get(step.name, 0.0) + cpu
        if order.part:
            self.parts[step.name] -= 1
            if not self.parts[step.name]:
                self.waiting.append(_Order(step))  # which puts the pieces together
            return
        started, origins = self.begun[step.name]
        seconds = time.perf_counter() - started
        self.ledger.keep(step, origins, seconds, self.cpu[step.name])
        self.listener.end(step.name)
        self.ran.append(step.name)
        self.order.done(step.name)

    def _sentence(self, event: Event, turn: _Turn | None) -> str:
        """What a stage said of its end, or what is known of it."""
        name = turn.order.step.name if turn else f"the {event.worker} process"
        if not event.crash:
            return turn.said if turn and turn.said else f"{name} ended with {event.status}."
        return f"{name} failed: {event.crash}; {self.workers.log} holds all that it said."
