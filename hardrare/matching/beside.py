"""Pairs compared by this process and by others beside it, one for each further core.

Threads do not serve: what surrounds the arithmetic on pictures this small is Python, of which one
thread runs at a time. 3,000 pairs took 33 s of processor time with one thread, 40 to 43 with two.
The others have less priority, so what runs beside a match (heads being trained) goes first.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from threadpoolctl import threadpool_limits

from hardrare.counting import Count
from hardrare.matching.judge import Judge, Verdict
from hardrare.matching.known import Ask, Asked, told, verdict

MANY = 256  # pairs for which it is worth starting a process: 4 s of comparing
EACH = 16  # pairs handed over at a time, a fourth of a second
AHEAD = 2  # times as much is handed to each: it never waits for this process
LESS = 5  # of priority, as `nice`

_JUDGE: list[Judge] = []  # of a process that compares for another one


class Beside:
    """Some processes that compare; they end with a `with` block, or once nobody holds this.

    Args:
        opened: makes their judge; can be pickled.
        processes: how many; 0 = this one does it all, and nothing is opened.
    """

    def __init__(self, opened: Callable[[], Judge] | None = None, processes: int = 0) -> None:
        self.most, self.pool = AHEAD * processes, None
        context = multiprocessing.get_context("spawn")  # a fork would copy the threads' locks
        if processes:
            try:
                self.pool = ProcessPoolExecutor(processes, context, _open_judge, (opened,))
            except OSError:  # no semaphores are to be had
                self.most = 0

    def __enter__(self) -> "Beside":
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def __call__(self, asks: Sequence[Ask], judge: Asked, title: str = "") -> list[Verdict]:
        """What a judge says of each pair, in their order; under a title it is told how far it is.

        If another process dies or does not start, as where memory runs out, this one does the rest.
        """
        said = Count(title, len(asks), "pairs") if title else None
        todo, made = deque(range(0, len(asks), EACH)), {}
        handed: dict[Future, int] = {}
        while todo or handed:
            while todo and len(handed) < self.most:
                self._hand(todo, handed, asks)
            ready = {future for future in handed if future.done()}
            if todo and not ready:
                start = todo.popleft()
                made[start] = _verdicts(judge, asks[start : start + EACH])
                done = len(made[start])
            else:
                ready = ready or wait(handed, return_when=FIRST_COMPLETED).done
                done = self._taken(ready, handed, made, todo)
            if said and done:
                said.more(done)
        return [judged for start in sorted(made) for judged in made[start]]

    def _hand(self, todo: deque[int], handed: dict[Future, int], asks: Sequence[Ask]) -> None:
        """The next pairs to another process."""
        start = todo.popleft()
        try:
            handed[self.pool.submit(_compare, asks[start : start + EACH])] = start
        except (BrokenProcessPool, OSError):
            self._alone(todo, start)

    def _taken(
        self, ready: set[Future], handed: dict[Future, int], made: dict[int, list[Verdict]],
        todo: deque[int],
    ) -> int:  # fmt: skip
        """Keep what others have compared, or take it back; returns the number of pairs kept."""
        done = 0
        for future in ready:
            start = handed.pop(future)
            try:
                made[start] = [verdict(*note) for note in future.result()]
                done += len(made[start])
            except BrokenProcessPool:
                self._alone(todo, start)
        return done

    def _alone(self, todo: deque[int], start: int) -> None:
        """Nobody else compares any more."""
        self.most = 0
        todo.append(start)


@threadpool_limits.wrap(limits=1, user_api="blas")  # of pictures so small more threads only wait
def _verdicts(judge: Asked, asks: Sequence[Ask]) -> list[Verdict]:
    return [judge(*ask) for ask in asks]


def _open_judge(opened: Callable[[], Judge]) -> None:
    """A process that compares opens what it needs, and ends with the one that asks."""
    threading.Thread(target=_end_with, args=[multiprocessing.parent_process()], daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(LESS)
    _JUDGE[:] = [opened()]


def _end_with(parent: multiprocessing.Process) -> None:
    """Whoever was killed would leave this process behind, and its output open, for good."""
    parent.join()
    os._exit(1)


def _compare(asks: Sequence[Ask]) -> list:
    return [told(judged) for judged in _verdicts(_JUDGE[0], asks)]
