"""All pictures through a frozen network, block by block, each block on one thread.

Views are cut from the same squares as the features, shrunk to half as much again as a view's
side, so that a crop is not blown up. What decides a view is drawn for all samples before the
first block: neither threads nor blocks change a byte of what comes out on a CPU.
"""

import os
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from hardrare.augmentation import draw, view
from hardrare.embedding.frozen import Frozen
from hardrare.embedding.settings import Settings
from hardrare.errors import InputError

ROOM = 1.5  # side of what views are cut from, in sides of a view
SAY_EVERY = 2.0  # seconds


class Pictures(Protocol):
    """What is looked at: `len`, and squares of some rows."""

    def __len__(self) -> int:
        """How many there are."""

    def squares(self, rows: np.ndarray, side: int) -> np.ndarray:
        """Pictures (B, side, side, 3) uint8."""


def embed(
    pictures: Pictures,
    network: Frozen,
    settings: Settings,
    seed: int,
    features: np.ndarray,
    views: np.ndarray,
    title: str,
    threads: int | None = None,
) -> None:
    """Fill in the features of all pictures and of their views.

    Args:
        pictures: N of them.
        network: gives D features.
        settings: sides, number of views, augmentation.
        seed: of the views.
        features: (N, D) float32, written to.
        views: (N, V, D) float16, written to.
        title: of the lines that say how far it is.
        threads: blocks at a time on a CPU; None = as many as torch would use.

    Raises:
        InputError: a feature is not finite, or too large for the views' float16.
    """
    generator = torch.Generator().manual_seed(seed)
    draws = [draw(len(pictures), generator) for _ in range(settings.views)]

    def work(rows: np.ndarray) -> tuple[np.ndarray, Tensor, list[Tensor]]:
        squares = torch.from_numpy(pictures.squares(rows, settings.side)).to(network.device)
        images = squares.permute(0, 3, 1, 2).float().div_(255)
        given = network.forward(images)
        whole = _shrunk(images, int(ROOM * settings.view_side)) if draws else images
        sides = [view(whole, settings.augmentation, d[rows], settings.view_side) for d in draws]
        return rows, given.cpu(), [network.forward(side).cpu() for side in sides]

    with _one_thread_each() as most:
        busy = min(threads or most, 2) if network.device.type != "cpu" else threads or most
        said = _Said(title, len(pictures))
        for rows, given, sides in _in_order(work, _blocks(len(pictures), network.at_once), busy):
            features[rows] = given.numpy()
            with np.errstate(over="ignore"):  # refused just below
                for v, side in enumerate(sides):
                    views[rows, v] = side.numpy()
            _refuse_infinite(features[rows], views[rows], title)
            said.more(len(rows))


def _blocks(count: int, size: int) -> Iterator[np.ndarray]:
    for start in range(0, count, size):
        yield np.arange(start, min(start + size, count))


def _in_order(work, blocks, busy):  # noqa: ANN001, ANN202
    """Results in the order of the blocks, few of them at a time."""
    with ThreadPoolExecutor(busy) as pool:
        waiting = deque()
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > 2 * busy:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _one_thread_each() -> Iterator[int]:
    """A block in which each thread computes alone; gives how many there may be."""
    most = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield min(most, os.cpu_count() or most)
    finally:
        torch.set_num_threads(most)


def _shrunk(images: Tensor, side: int) -> Tensor:
    """Images (B, C, side, side), or as they are where they are no larger."""
    if images.shape[-1] <= side:
        return images
    made = interpolate(images, (side, side), mode="bicubic", antialias=True)
    return made.clamp_(0, 1)


def _refuse_infinite(features: np.ndarray, views: np.ndarray, title: str) -> None:
    if not (np.isfinite(features).all() and np.isfinite(views).all()):
        raise InputError(
            f"{title}: a feature is not finite, or above 65504; mend mean and std, or name "
            "other weights."
        )


class _Said:
    """Says every few seconds how far it is, and at the end."""

    def __init__(self, title: str, count: int) -> None:
        self.title, self.count, self.done = title, count, 0
        self.started = self.last = time.perf_counter()

    def more(self, samples: int) -> None:
        """So many samples more are done."""
        self.done += samples
        now = time.perf_counter()
        if now - self.last < SAY_EVERY and self.done < self.count:
            return
        self.last, rate = now, self.done / max(now - self.started, 1e-9)
        left = (self.count - self.done) / rate
        print(
            f"{self.title}  {self.done}/{self.count} images  {rate:.0f} images/s  "
            f"{left:.0f} s left",
            flush=True,
        )
