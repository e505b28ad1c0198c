"""Row blocks: bounded memory, every core busy, the same bytes for any number of threads."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_info, threadpool_limits

T = TypeVar("T")
BLOCK_BYTES = 64 << 20  # of what a block computes


def row_blocks(rows: int, bytes_per_row: int, budget: int = BLOCK_BYTES) -> Iterator[slice]:
    """Slices of consecutive rows that each need at most `budget` bytes (or hold one row)."""
    step = max(1, budget // max(bytes_per_row, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def each_block(
    work: Callable[[slice], None], rows: int, bytes_per_row: int, budget: int | None = None
) -> None:
    """Call `work` on every block of `row_blocks`, several at a time.

    As many threads as linear algebra would use (OMP_NUM_THREADS, threadpoolctl) take a
    block each, and linear algebra inside a block uses one: neither the blocks nor any sum
    inside one depends on the number of threads.

    Args:
        work: fills in its own rows and nothing else.
        rows: N.
        bytes_per_row: what a row needs while it is worked on.
        budget: bytes of one block, and so of each thread; None = `BLOCK_BYTES`.
    """
    each(work, row_blocks(rows, bytes_per_row, budget or BLOCK_BYTES))


def each(work: Callable[[T], None], items: Iterable[T]) -> None:
    """Call `work` on every item in threads, as `each_block` does on blocks."""
    blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    with threadpool_limits(1), ThreadPoolExecutor(max(blas, default=1)) as pool:
        for done in [pool.submit(work, item) for item in items]:
            done.result()
