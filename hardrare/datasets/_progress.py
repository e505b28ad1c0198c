"""How far reading is: a bar on a terminal, else a line now and then."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

from hardrare import counting

T = TypeVar("T")


def counted(items: Iterable[T], total: int, title: str) -> Iterator[T]:
    """The items as they come, counted before the eyes of whoever waits."""
    if sys.stderr.isatty():
        return iter(tqdm(items, desc=title, total=total, unit=" images", leave=False))
    return counting.counted(items, title, total)
