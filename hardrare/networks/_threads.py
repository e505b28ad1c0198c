"""How many threads torch computes with, where it decides what comes out or how fast."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[int]:
    """A block in which torch computes with one thread in each of ours; gives how many we may use.

    Sums come out alike with any number of threads then.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield min(before, os.cpu_count() or before)
    finally:
        torch.set_num_threads(before)
