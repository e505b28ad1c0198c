"""Bring steps up to date: what is due runs as soon as what it reads is there."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from hardrare.errors import InputError
from hardrare.runner.graph import Step
from hardrare.runner.parties import Ledger, Listener
from hardrare.runner.record import code_of
from hardrare.runner.workers import Event, Workers

PATIENCE = 5.0  # seconds, about what importing what a step needs costs once more
LIGHT, HEAVY = "light", "heavy"  # of the two processes of a scan the second imports torch


def by_torch(step: Step) -> list[str]:
    """The process that runs a step of a scan: those that import torch have one for them all."""
    return [worker_of(step)]


def worker_of(step: Step) -> str:
    """Which of the two processes runs a step."""
    return HEAVY if code_of(step.code)[1] else LIGHT


@dataclass
class Outcome:
    """How it went.

    Attributes:
        ran: names of the steps that ran, in the order in which they ended.
        failed: names of those that failed, each with its sentence.
        stopped: steps that the end of the time stopped.
        seconds: of each step that ran, from its begin to its end.
        cpu: processor seconds of each, of all its parts.
    """

    ran: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: list[Step] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)


def run(
    ledger: Ledger,
    log: Path,
    listener: Listener,
    lanes: Callable[[Step], Sequence[str]] = by_torch,
    several: bool = False,
    until: float | None = None,
    failed: Callable[[str, str], None] | None = None,
) -> Outcome:
    """Run what is due, as many steps at a time as there are processes for them.

    Args:
        ledger: of the steps.
        log: where all that they print is kept.
        listener: hears how it goes.
        lanes: names of the processes that may run a step. Where there are several, steps that
            are made of pieces are made by all of them.
        several: whether they compute side by side.
        until: when to stop whatever runs, of `time.monotonic`; None = at the end.
        failed: hears the name of each step that fails and its sentence, and what does not read
            it goes on; None = the first failure ends all.

    Raises:
        InputError: a step failed; its own sentence.
    """
    try:
        with Workers(ledger.root, log, several) as workers:
            return _Run(ledger, workers, listener, lanes, failed).to_the_end(until)
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
        lanes: Callable[[Step], Sequence[str]], failed: Callable[[str, str], None] | None,
    ) -> None:  # fmt: skip
        self.ledger, self.workers, self.listener, self.lanes = ledger, workers, listener, lanes
        self.failed, self.outcome = failed, Outcome()
        self.by_name = {step.name: step for step in ledger.steps}
        self.reads = ledger.reads()
        self.order = TopologicalSorter(self.reads)
        self.waiting: list[_Order] = []
        self.turns: dict[str, _Turn] = {}
        self.begun: dict[str, tuple[float, Any]] = {}  # when, from what
        self.parts: dict[str, int] = {}  # of a step that are still to be made
        self.loading: set[str] = set()

    def to_the_end(self, until: float | None) -> Outcome:
        """Every step that is due, or as many as the time allows."""
        self.order.prepare()
        while self.order.is_active() and (until is None or time.monotonic() < until):
            ready = self.order.get_ready()
            for name in ready:
                self._take(self.by_name[name])
            self._start_what_can()
            if self.turns:
                self._hear(self.workers.next(self._next_look(until)))
            elif not ready:
                break  # what is left reads what failed
        over = {*self.outcome.ran, *self.outcome.failed}
        self.outcome.stopped = [self.by_name[name] for name in self.begun if name not in over]
        return self.outcome

    def _start_what_can(self) -> None:
        """Give waiting orders to the processes that are free, those first that most others need."""
        self.waiting.sort(key=lambda turn: -len(self._after(turn.step.name)))
        for order in list(self.waiting):
            lanes = [*self.lanes(order.step), *self._idle(order.step)]
            free = [lane for lane in lanes if lane not in self.turns]
            if free:
                self.waiting.remove(order)
                self._start(free[0], order)

    def _idle(self, step: Step) -> list[str]:
        """Of the two processes of a scan the one with torch, for a step without that waits long.

        So is what follows the heads scored while copies are sought.
        """
        busy = self.turns.get(LIGHT)
        if busy is None or time.perf_counter() - self.begun[busy.order.step.name][0] < PATIENCE:
            return []
        light = self.lanes(step) == [LIGHT]
        wanted = any(HEAVY in self.lanes(turn.step) for turn in self.waiting)
        idle = HEAVY in self.workers.processes and HEAVY not in self.loading
        return [HEAVY] if light and idle and not wanted else []

    def _next_look(self, until: float | None) -> float | None:
        """When to look again, whatever happens: at the end, or soon where an order waits."""
        soon = time.monotonic() + PATIENCE / 5
        return until if not self.waiting else soon if until is None else min(soon, until)

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

    def _start(self, worker: str, order: _Order) -> None:
        self.turns[worker] = _Turn(order)
        step = order.step
        if step.name not in self.begun:
            self.begun[step.name] = time.perf_counter(), self.ledger.origins(step)
            self.listener.start(step.name)
        words = [*step.words, "--part", order.part] if order.part else step.words
        self.workers.order(worker, words=words)

    def _hear(self, event: Event | None) -> None:
        if event is None:  # nothing happened so far
            return
        turn = self.turns.get(event.worker)
        if event.line is not None:
            if turn and event.line.strip():
                turn.said = event.line.strip()
                self.listener.line(turn.order.step.name, event.line)
        elif event.worker in self.loading and event.status >= 0:
            self.loading.remove(event.worker)  # what failed here fails again in its step
        elif turn is None or event.status:
            self._fail(self._sentence(event, turn), turn)
        else:
            del self.turns[event.worker]
            self._end(turn.order, event.cpu)

    def _fail(self, sentence: str, turn: _Turn | None) -> None:
        """End all, or leave out what reads this step."""
        if turn is None or self.failed is None:
            raise InputError(sentence)
        name = turn.order.step.name
        self.turns = {worker: own for worker, own in self.turns.items() if own is not turn}
        self.waiting = [turn for turn in self.waiting if turn.step.name != name]
        self.outcome.failed[name] = sentence
        self.failed(name, sentence)

    def _end(self, order: _Order, cpu: float) -> None:
        step = order.step
        if step.name in self.outcome.failed:
            return  # by another part
        self.outcome.cpu[step.name] = self.outcome.cpu.get(step.name, 0.0) + cpu
        if order.part:
            self.parts[step.name] -= 1
            if not self.parts[step.name]:
                self.waiting.append(_Order(step))  # which puts the pieces together
            return
        started, origins = self.begun[step.name]
        seconds = time.perf_counter() - started
        self.ledger.keep(step, origins, seconds, self.outcome.cpu[step.name])
        self.listener.end(step.name)
        self.outcome.ran.append(step.name)
        self.outcome.seconds[step.name] = round(seconds, 1)
        self.order.done(step.name)

    def _sentence(self, event: Event, turn: _Turn | None) -> str:
        """What a stage said of its end, or what is known of it."""
        name = turn.order.step.name if turn else f"the {event.worker} process"
        if not event.crash:
            return turn.said if turn and turn.said else f"{name} ended with {event.status}."
        return f"{name} failed: {event.crash}; {self.workers.log} holds all that it said."
