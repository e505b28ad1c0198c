"""Work in threads, answers in order, memory bounded by a few pieces of work.

Threads, because Pillow and NumPy let go of the interpreter while they compute.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def cores() -> int:
    """How many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def in_order(work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """The answer to each item, in order; at most two items a core are taken ahead."""
    ahead = 2 * cores()
    waiting: deque[Future[B]] = deque()
    with ThreadPoolExecutor(cores()) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
