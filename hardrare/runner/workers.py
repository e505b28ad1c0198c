"""The parent's side of the processes that run stages: started when first needed, ended together."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from hardrare.runner.worker import END
from hardrare.studies import HOME

WAIT = 5  # seconds for a process to end by itself


@dataclass(frozen=True)
class Event:
    """What a worker tells: a line that it printed, or how an order ended.

    Attributes:
        worker: its name.
        line: what was printed, None at the end of an order.
        status: 0 = well; below 0 the signal that killed it.
        crash: an error that nobody expected, empty otherwise.
        cpu: processor seconds that the order took, of all threads.
    """

    worker: str
    line: str | None = None
    status: int = 0
    crash: str = ""
    cpu: float = 0.0


@dataclass
class Workers:
    """Some processes by name, each with one order at a time.

    Attributes:
        root: the folder that they work in.
        log: the file that keeps all that they print.
        several: whether they compute side by side: then threads that wait give way.
    """

    root: Path
    log: Path
    several: bool = False
    events: "queue.SimpleQueue[Event]" = field(default_factory=queue.SimpleQueue)
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    told: TextIO | None = None

    def __enter__(self) -> "Workers":
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.told = self.log.open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.told:
            self.told.close()

    def order(self, worker: str, **order: Any) -> None:  # noqa: ANN401 - JSON
        """Give a worker something to do; starts it where it is not there, or has died."""
        if worker not in self.processes or self.processes[worker].poll() is not None:
            self._start(worker)
        stream = self.processes[worker].stdin
        if stream:
            stream.write(json.dumps(order) + "\n")
            stream.flush()

    def next(self, until: float | None = None) -> Event | None:
        """Wait for what happens next; lines are kept in the log.

        Args:
            until: of `time.monotonic`; None is returned then.
        """
        left = None if until is None else max(0.0, until - time.monotonic())
        try:
            event = self.events.get(timeout=left)
        except queue.Empty:
            return None
        if event.line is not None and self.told:
            self.told.write(f"{event.worker}: {event.line}\n")
            self.told.flush()
        return event

    def _start(self, worker: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-u", "-P", "-m", "hardrare.runner.worker"],
            cwd=self.root, env=environment(self.several),
            text=True, encoding="utf-8", errors="replace", bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.processes[worker] = process
        threading.Thread(target=self._hear, args=[worker, process], daemon=True).start()

    def _hear(self, worker: str, process: subprocess.Popen) -> None:
        for line in process.stdout or []:
            text = line.rstrip("\n")
            if text.startswith(END):
                self.events.put(Event(worker, **json.loads(text[1:])))
            else:
                self.events.put(Event(worker, text))
        self.events.put(Event(worker, status=process.wait() or 1, crash=_end(process.returncode)))


def environment(several: bool = False) -> dict[str, str]:
    """What a stage's process needs to find this package from any folder.

    The number of threads stays as it is, for sums come out otherwise with another number. Where
    threads turn round while they wait, a head on 2,000 samples took 277 s of two busy cores, and
    23 s where they sleep.
    """
    paths = [str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
    made = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return ({"OMP_WAIT_POLICY": "PASSIVE"} if several else {}) | made


def _end(status: int) -> str:
    """How a process ended, in words."""
    if status == -signal.SIGKILL:
        return "its process was killed, as systems do where memory runs out"
    return f"its process ended by {signal.Signals(-status).name}" if status < 0 else "it ended"
