"""Bring steps up to date: what is due runs as soon as what it reads is there."""

import time
from collections import deque
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Protocol

from hardrare.errors import InputError
from hardrare.runner.graph import Step, before
from hardrare.runner.record import Work, code_of
from hardrare.runner.workers import Event, Workers

LIGHT, HEAVY = "light", "heavy"  # of the two processes the second imports torch


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


def run(work: Work, log: Path, listener: Listener) -> list[str]:
    """Run what is due: two steps at a time where only one of them needs torch.

    Args:
        work: the steps.
        log: where all that they print is kept.
        listener: hears how it goes.

    Returns:
        Names of the steps that ran.

    Raises:
        InputError: a step failed; its own sentence.
    """
    with Workers(work.root, log) as workers:
        ran = _Run(work, workers, listener).to_the_end()
    work.contents.save()
    return ran


def worker_of(step: Step) -> str:
    """Which of the two processes runs a step."""
    return HEAVY if code_of(step.code)[1] else LIGHT


@dataclass
class _Turn:
    """What a worker is at."""

    step: Step
    origins: dict[str, str]
    started: float
    said: str = ""


class _Run:
    def __init__(self, work: Work, workers: Workers, listener: Listener) -> None:
        self.work, self.workers, self.listener = work, workers, listener
        self.by_name = {step.name: step for step in work.steps}
        self.reads = before(work.steps)
        self.order = TopologicalSorter(self.reads)
        self.waiting: dict[str, deque[Step]] = {LIGHT: deque(), HEAVY: deque()}
        self.turns: dict[str, _Turn] = {}
        self.loading: set[str] = set()
        self.ran: list[str] = []

    def to_the_end(self) -> list[str]:
        """Every step that is due."""
        self.order.prepare()
        while self.order.is_active():
            for name in self.order.get_ready():
                self._take(self.by_name[name])
            for worker, steps in self.waiting.items():
                if steps and worker not in self.turns:
                    self._begin(worker, steps.popleft())
            if self.turns:
                self._hear(self.workers.next())
        return self.ran

    def _take(self, step: Step) -> None:
        """A step whose inputs are there: it waits for its worker, or need not run."""
        if self.work.due(step) is None:
            self.listener.skip(step.name)
            self.order.done(step.name)
            return
        worker = worker_of(step)
        self.waiting[worker].append(step)
        if worker == LIGHT and HEAVY not in self.workers.processes and self._torch_after(step):
            self.loading.add(HEAVY)  # while this step runs
            self.workers.order(HEAVY, preload="torch")

    def _torch_after(self, step: Step) -> bool:
        """Whether a step that needs torch reads, directly or not, what this one writes."""
        after, more = {step.name}, True
        while more:
            following = {name for name, reads in self.reads.items() if after & set(reads)} - after
            after, more = after | following, bool(following)
        return any(worker_of(self.by_name[name]) == HEAVY for name in after)

    def _begin(self, worker: str, step: Step) -> None:
        self.turns[worker] = _Turn(step, self.work.origins(step), time.perf_counter())
        self.listener.begin(step.name)
        self.workers.order(worker, words=step.words)

    def _hear(self, event: Event) -> None:
        turn = self.turns.get(event.worker)
        if event.line is not None:
            if turn and event.line.strip():
                turn.said = event.line.strip()
                self.listener.line(turn.step.name, event.line)
        elif event.worker in self.loading and event.status >= 0:
            self.loading.remove(event.worker)  # what failed here fails again in its step
        elif turn is None or event.status:
            raise InputError(self._sentence(event, turn))
        else:
            del self.turns[event.worker]
            seconds = time.perf_counter() - turn.started
            self.work.keep(turn.step, turn.origins, seconds, event.cpu)
            self.listener.end(turn.step.name)
            self.ran.append(turn.step.name)
            self.order.done(turn.step.name)

    def _sentence(self, event: Event, turn: _Turn | None) -> str:
        """What a stage said of its end, or what is known of it."""
        name = turn.step.name if turn else f"the {event.worker} process"
        if not event.crash:
            return turn.said if turn and turn.said else f"{name} ended with {event.status}."
        return f"{name} failed: {event.crash}; {self.workers.log} holds all that it said."
