"""How far reading is: a bar on a terminal, else a line now and then."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
SECONDS = 10  # between two lines


def counted(items: Iterable[T], total: int, title: str) -> Iterator[T]:
    """The items as they come, counted before the eyes of whoever waits."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=title, total=total, unit=" images", leave=False)
        return
    started = told = time.perf_counter()
    for done, item in enumerate(items, 1):
        yield item
        now = time.perf_counter()
        if now - told > SECONDS:
            told, spent = now, now - started
            left = spent / done * (total - done)
            rate = f"{done / spent:.0f} images/s  {left:.0f} s left"
            print(f"{title}  {done}/{total}  {rate}", flush=True)
