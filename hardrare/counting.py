"""How far a stage is, as who runs it hears it: `explain  120/200 images  31 images/s  3 s left`."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
EVERY = 2.0  # seconds between two lines, at first
SHARE = 0.1  # of the time spent, between two lines later on: an hour has no thousand of them


class Count:
    """Says now and then how far it is, and at the end."""

    def __init__(self, title: str, count: int, what: str = "images") -> None:
        self.title, self.count, self.what, self.done = title, count, what, 0
        self.started = self.last = time.perf_counter()

    def more(self, some: int = 1) -> None:
        """So many more are done."""
        self.done += some
        now = time.perf_counter()
        spent = now - self.started
        if now - self.last < max(EVERY, SHARE * spent) and self.done < self.count:
            return
        self.last, rate = now, self.done / max(spent, 1e-9)
        left = (self.count - self.done) / rate
        print(
            f"{self.title}  {self.done}/{self.count} {self.what}  {rate:.0f} {self.what}/s  "
            f"{left:.0f} s left",
            flush=True,
        )


def counted(items: Iterable[T], title: str, count: int, what: str = "images") -> Iterator[T]:
    """The items as they come, counted."""
    said = Count(title, count, what)
    for item in items:
        yield item
        said.more()
