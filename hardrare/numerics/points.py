"""Features as rows that metrics can trust: finite float32, in an order that is their own."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics.blocks import row_blocks

R = TypeVar("R")
NO_LENGTH = 1e-12  # of a row that is nothing but the rounding of zeros
COPIES = 4  # float64, of the rows of a block while they are made unit-length


def points(features: np.ndarray, *, unit: bool = False) -> np.ndarray:
    """Features as finite, contiguous float32 rows.

    Args:
        features: (N, D), D at least 1.
        unit: divide each row by its L2 norm; a row of zeros stays zero, so that it lies
            at 0 from its like and at 1 from every other row.

    Returns:
        (N, D) float32 without negative zeros.

    Raises:
        InputError: not a matrix, or a value that is not a finite float32.
    """
    if features.ndim != 2 or not features.shape[1]:
        raise InputError(f"features are {features.shape}, expected (N, D); run training again.")
    values = np.empty(features.shape, np.float32)
    for block in row_blocks(len(features), COPIES * 8 * features.shape[1]):
        wide = np.asarray(features[block])
        fits = np.abs(wide) <= np.finfo(np.float32).max
        if not fits.all():
            row = block.start + int((~fits).any(axis=1).argmax())
            raise InputError(
                f"features hold a value that is not finite in row {row}; train with a lower rate."
            )
        if unit:
            wide = _unit(wide)
        values[block] = wide
    values += np.float32(0)
    return values


def _unit(rows: np.ndarray) -> np.ndarray:
    """Rows (B, D) divided by their L2 norms, rows of zeros as they are."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0).astype(np.float64)
    scaled = rows / np.where(largest > 0, largest, 1)
    norm = np.sqrt(np.square(scaled).sum(axis=1, keepdims=True))  # a row's own, whatever is beside
    return scaled / np.maximum(norm, 1)


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows (N, D) divided by their L2 norms in their own precision; a row of zeros stays zero.

    For cosines that are rounded to six digits: a fifth of the time of `points` (20,000 x 640),
    whose norms are float64 and hold for the largest and the smallest of numbers, too.
    """
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), NO_LENGTH)


def centred(features: np.ndarray) -> np.ndarray:
    """Features less their mean over all samples, (N, D) float32."""
    moved = np.empty(features.shape, np.float32)
    blocks = list(row_blocks(len(features), COPIES * 8 * features.shape[1]))
    total = sum(np.asarray(features[b]).sum(axis=0, dtype=np.float64) for b in blocks)
    mean = total / max(len(features), 1)
    for block in blocks:
        moved[block] = features[block] - mean
    return moved


def canonical_order(rows: np.ndarray) -> np.ndarray:
    """An order of the rows that depends on their values alone.

    Sorting by it makes what follows (k-means, ties between neighbours) the same
    whatever order the samples came in. Rows compare as bytes: any total order serves.
    Equal rows keep their order.

    Args:
        rows: (N, D) of `points`.

    Returns:
        (N,) indices that sort the rows.
    """
    return np.argsort(_as_bytes(rows), kind="stable")


def copies(rows: np.ndarray) -> np.ndarray:
    """Which distinct row each row is.

    Args:
        rows: (N, D) in canonical order.

    Returns:
        (N,) 0, 1, ..., equal for equal rows.
    """
    return np.concatenate([[False], (rows[1:] != rows[:-1]).any(axis=1)])[: len(rows)].cumsum()


def conditioned(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Rows shifted to mean 0 and scaled to largest magnitude 1: products keep their digits.

    Args:
        rows: (N, D) of `points`.

    Returns:
        (N, D) float64, their centre (D,), and the scale: rows = centre + scale * result.
    """
    centre = rows.sum(axis=0, dtype=np.float64) / max(len(rows), 1)
    moved = rows - centre
    scale = float(np.abs(moved).max(initial=0)) or 1.0
    return moved / scale, centre, scale


class Recent:
    """The last few results, by what they were computed from."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: OrderedDict[tuple, Any] = OrderedDict()

    def of(
        self, key: tuple, make: Callable[[], R], *, serves: Callable[[R], bool] | None = None
    ) -> R:
        """The result kept under a key, made and kept where there is none.

        The oldest beyond the size are forgotten.

        Args:
            key: what the result is computed from.
            make: computes it.
            serves: whether a kept result is enough, otherwise it is made anew; None = always.
        """
        kept = self._results.get(key)
        if kept is not None and (serves is None or serves(kept)):
            return kept
        made = self._results[key] = make()
        self._results.move_to_end(key)
        while len(self._results) > self._size:
            self._results.popitem(last=False)
        return made

    def forget(self) -> None:
        """Drop every result."""
        self._results.clear()


def content_key(rows: np.ndarray) -> tuple:
    """A key of the values and shape of rows (a digest: 0.1 s for 100 MB)."""
    return rows.shape, hashlib.blake2b(rows, digest_size=16).digest()


def _as_bytes(rows: np.ndarray) -> np.ndarray:
    """Each row as one opaque value, (N,)."""
    return rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
