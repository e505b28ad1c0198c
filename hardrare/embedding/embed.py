"""All pictures through a frozen network, block by block, each block on one thread.

Views are cut from the same squares as the features, shrunk to half as much again as a view's
side, so that a crop is not blown up. What decides a view follows from the picture itself and the
seed: neither threads nor blocks nor other pictures change a byte of what comes out on a CPU, so a
picture that was looked at before need not be looked at again.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from hardrare.augmentation import DRAWS, view
from hardrare.counting import Count
from hardrare.embedding.frozen import Frozen
from hardrare.embedding.settings import Settings
from hardrare.errors import InputError
from hardrare.networks import one_thread
from hardrare.numerics.splitmix64 import splitmix64

ROOM = 1.5  # side of what views are cut from, in sides of a view


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
    digests: Sequence[str],
    features: np.ndarray,
    views: np.ndarray,
    name: str,
    threads: int | None = None,
    rows: np.ndarray | None = None,
) -> None:
    """Fill in the features of pictures and of their views.

    Args:
        pictures: N of them.
        network: gives D features.
        settings: sides, number of views, augmentation.
        seed: of the views.
        digests: N, of what each picture shows; with the seed they decide its views.
        features: (N, D) float32, written to.
        views: (N, V, D) float16, written to.
        name: of the network, for the lines that say how far it is.
        threads: blocks at a time on a CPU; None = as many as torch would use.
        rows: those that are looked at, ascending; None = all.

    Raises:
        InputError: a feature is not finite, or too large for the views' float16.
    """
    draws = [_draws(digests, seed * settings.views + k) for k in range(settings.views)]
    rows, title = np.arange(len(pictures)) if rows is None else rows, f"embed {name}"

    def work(rows: np.ndarray) -> tuple[np.ndarray, Tensor, list[Tensor]]:
        squares = torch.from_numpy(pictures.squares(rows, settings.side)).to(network.device)
        images = squares.permute(0, 3, 1, 2).float().div_(255)
        given = network.forward(images)
        sides = _views(images, settings, [d[rows] for d in draws])
        return rows, given.cpu(), [network.forward(side).cpu() for side in sides]

    with one_thread() as most:
        busy = min(threads or most, 2) if network.device.type != "cpu" else threads or most
        said = Count(title, len(rows))
        for some, given, sides in _in_order(work, _blocks(rows, network.at_once), busy):
            features[some] = given.numpy()
            with np.errstate(over="ignore"):  # refused just below
                for v, side in enumerate(sides):
                    views[some, v] = side.numpy()
            _refuse_infinite(features[some], views[some], title)
            said.more(len(some))


def _draws(digests: Sequence[str], seed: int) -> Tensor:
    """What decides one view of each picture `(N, 13)`, uniform in 0..1, by its digest alone."""
    key = np.array([int(digest[:16], 16) for digest in digests], np.uint64)
    columns = [splitmix64(key, seed * DRAWS + at) for at in range(DRAWS)]
    below = np.nextafter(np.float32(1), np.float32(0))  # which rounding would reach
    return torch.from_numpy(np.minimum(np.stack(columns, 1).astype(np.float32), below))


def _blocks(rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


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


def _views(images: Tensor, settings: Settings, draws: Sequence[Tensor]) -> Sequence[Tensor]:
    """As many views (B, 3, S, S) of images as there are draws (B, 13) of them, made in one go."""
    if not draws:
        return []
    whole = _shrunk(images, int(ROOM * settings.view_side))
    every = whole.expand(len(draws), *whole.shape).flatten(0, 1)
    made = view(every, settings.augmentation, torch.cat(draws), settings.view_side)
    return made.split(len(images))


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
