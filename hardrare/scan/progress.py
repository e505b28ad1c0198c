"""How far a scan is: one bar on a terminal, else a line at each step and now and then."""

import re
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType

from tqdm import tqdm

PART = re.compile(r"(?:^|\s)(?:epoch )?([\d,]+)/([\d,]+)\s")  # as stages tell it: done/all
SECONDS = 20  # between two lines
NAMES: Mapping[str, str] = MappingProxyType({})  # steps are told by their names
KNOWN, LEAST = 0.15, 5.0  # share of what is to be done, and seconds, before what is left is known


class Progress:
    """Weighs steps by their estimated seconds; within a step it hears how far that one is."""

    def __init__(self, seconds: Mapping[str, float], words: Mapping[str, str] = NAMES) -> None:
        """Take the steps.

        Args:
            seconds: that each may take.
            words: what each does, for people; empty = nothing is said of it.
        """
        self.weights, self.words, self.done = dict(seconds), words, 0.0
        self.within: dict[str, float] = {}  # of the steps that run: their weight that is done
        self.total = sum(self.weights.values()) or 1.0
        self.started = self.last = time.perf_counter()
        self.told: list[str] = []  # what prepare found, for people
        self.ran = 0.0  # of the weights: what was skipped says nothing of the time left
        shape = "{desc} |{bar:16}| {percentage:3.0f} % [{elapsed}{postfix}]"
        live = sys.stderr.isatty()
        self.bar = tqdm(total=round(self.total, 3), bar_format=shape) if live else None

    def skip(self, step: str) -> None:
        """A step that need not run."""
        self._move(self.weights[step])

    def start(self, step: str) -> None:
        """A step starts."""
        self.within[step] = 0.0
        said = self.words.get(step, step)
        if said and self.bar is not None:
            self.bar.set_description_str(f"{said:40.40}")
        elif said:
            print(f"scan {100 * self.done / self.total:3.0f} %  {said}", flush=True)

    def line(self, step: str, text: str) -> None:
        """A line that a step printed."""
        if text.startswith("prepare: ") and "done in" not in text:
            self.told.append(text.partition(" ")[2].strip())
        if match := PART.search(text):
            part, whole = (int(number.replace(",", "")) for number in match.groups())
            now = self.weights[step] * min(part / whole, 1.0) if whole else 0.0
            if now > self.within[step]:
                self._move(now - self.within[step], ran=True)
                self.within[step] = now
                self._tell()

    def end(self, step: str) -> None:
        """A step is over."""
        self._move(self.weights[step] - self.within.pop(step), ran=True)

    def close(self) -> None:
        """Leave the terminal tidy."""
        if self.bar is not None:
            self.bar.close()

    def left(self, spent: float) -> float | None:
        """Seconds that are left after so many, as fast as until now; None before that is known.

        What the seconds of steps are to each other was measured on another machine, how fast this
        one is follows from what ran; the first seconds, in which processes start, say nothing.
        """
        to_run = self.ran + self.total - self.done
        if spent < LEAST or self.ran < KNOWN * to_run:
            return None
        return spent / self.ran * (self.total - self.done)

    def _move(self, weight: float, ran: bool = False) -> None:
        self.done += weight
        self.ran += weight if ran else 0.0
        if self.bar is not None:
            left = self.left(time.perf_counter() - self.started)
            self.bar.set_postfix_str(f"{roughly(left)} left" if left else "", refresh=False)
            self.bar.update(max(0.0, min(weight, self.bar.total - self.bar.n)))

    def _tell(self) -> None:
        """A line with the time left, where there is no bar."""
        now = time.perf_counter()
        left = self.left(now - self.started)
        if self.bar is None and now - self.last > SECONDS and left is not None:
            self.last = now
            print(f"scan {100 * self.done / self.total:3.0f} %  {roughly(left)} left", flush=True)


def spoken(seconds: float) -> str:
    """Seconds in words for people.

    >>> spoken(42), spoken(95), spoken(7300)
    ('42 s', '1 min 35 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def roughly(seconds: float) -> str:
    """What is left, no finer than it is known: to 5 s, then half minutes, then minutes.

    >>> roughly(2), roughly(42), roughly(97), roughly(1000)
    ('less than 5 s', 'about 40 s', 'about 1 min 30 s', 'about 17 min')
    """
    if seconds < 5:
        return "less than 5 s"
    step = 5 if seconds < 60 else 30 if seconds < 600 else 60
    return f"about {spoken(step * round(seconds / step)).removesuffix(' 0 s')}"
