"""Which images an artefact takes: single ones, or pairs of different classes."""

import numpy as np


def draw_singles(free: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Positions drawn without replacement.

    Args:
        free: `(F,)` positions that may be taken.
        count: how many; fewer come where `free` is shorter.
        rng: the source of chance.

    Returns:
        `(n, 1)` positions, n <= count.
    """
    return rng.permutation(free)[:count, None]


def draw_pairs(
    label: np.ndarray, free: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Disjoint pairs of different classes; an unknown label (-1) differs from every other.

    Pairs are formed at random; where two of a class met, they part by exchanging
    partners with a random pair that holds none of this class. Such a pair exists,
    since at most n images of one class are taken for n pairs.

    Args:
        label: `(N,)` labels, -1 = unknown.
        free: `(F,)` positions that may be taken.
        count: how many pairs; fewer come where the free images allow no more.
        rng: the source of chance.

    Returns:
        `(n, 2)` positions, n <= count.
    """
    groups = np.where(label < 0, -1 - np.arange(len(label)), label)
    count = min(count, _most_pairs(groups[free]))
    order = rng.permutation(free)
    order = order[_occurrence(groups[order]) < count][: 2 * count]
    pairs = rng.permutation(order).reshape(count, 2)
    first, second = groups[pairs].T
    for i in np.flatnonzero(first == second):
        if groups[pairs[i, 0]] == groups[pairs[i, 1]]:
            others = np.flatnonzero((groups[pairs] != groups[pairs[i, 0]]).all(axis=1))
            j = rng.choice(others)
            pairs[[i, j], 1] = pairs[[j, i], 1]
    return pairs


def draw_box(
    shape: tuple[int, ...], share: float, rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """A box inside the image, near the image's own proportions, placed uniformly.

    Args:
        shape: `(H, W, ...)` of the image.
        share: of its area, 0..1; met up to rounding to whole pixels, at least one.
        rng: the source of chance.

    Returns:
        top, left, height, width in pixels.
    """
    rows, columns = shape[:2]
    height = int(np.clip(round(rows * share**0.5), 1, rows))
    width = int(np.clip(round(share * rows * columns / height), 1, columns))
    top = int(rng.integers(rows - height + 1))
    left = int(rng.integers(columns - width + 1))
    return top, left, height, width


def _most_pairs(groups: np.ndarray) -> int:
    """How many disjoint pairs of different groups there can be."""
    sizes = np.unique(groups, return_counts=True)[1]
    return min(len(groups) // 2, len(groups) - int(sizes.max(initial=0)))


def _occurrence(groups: np.ndarray) -> np.ndarray:
    """How often each element's value came before it, `(F,)`."""
    order = np.argsort(groups, kind="stable")
    new = np.diff(groups[order], prepend=groups[order[:1]] - 1) != 0
    starts = np.flatnonzero(new)
    seen = np.empty(len(groups), np.int64)
    seen[order] = np.arange(len(groups)) - starts[np.cumsum(new) - 1]
    return seen
