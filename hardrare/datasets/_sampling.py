"""Which samples of a split are kept: stratified, seeded, in their original order."""

import numpy as np

from hardrare.errors import InputError


def stratified(label: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw n positions so that every class keeps its share.

    Each class gets the whole part of `n * class size / N`; the places left over go
    to the largest remainders, lower labels first among equals. Unknown labels (-1)
    count as one class, so that a split without labels gives a plain seeded choice.

    Args:
        label: `(N,)` whole numbers.
        n: how many, 0..N.
        rng: decides which samples of a class.

    Returns:
        `(n,)` positions, ascending.
    """
    _, group, counts = np.unique(label, return_inverse=True, return_counts=True)
    quota, remainder = np.divmod(counts * n, max(len(label), 1))
    quota[np.argsort(-remainder, kind="stable")[: n - quota.sum()]] += 1
    drawn = [rng.permutation(np.flatnonzero(group == g))[:q] for g, q in enumerate(quota)]
    return np.sort(np.concatenate([np.empty(0, np.int64), *drawn]))


def limited(
    label: np.ndarray, limit: int | None, rng: np.random.Generator, name: str
) -> np.ndarray:
    """Positions of a stratified subset of `limit` samples, or all where it is None.

    Args:
        label: `(N,)` whole numbers, -1 = unknown.
        limit: how many.
        rng: decides which.
        name: of the parameter and what it counts, for messages.

    Raises:
        InputError: more than there are, fewer than 1 or than the classes.
    """
    if limit is None:
        return np.arange(len(label))
    classes = max(1, len(np.unique(label[label >= 0])))
    if limit > len(label):
        raise InputError(f"{name} is {limit}, but there are only {len(label)}; lower it.")
    if limit < classes:
        raise InputError(f"{name} is {limit}, but there are {classes} classes; raise it.")
    return stratified(label, limit, rng)


def held_out(
    label: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Split positions in train and test, both stratified.

    Args:
        label: `(N,)` whole numbers, -1 = unknown.
        share: of N for the test set, rounded; 0 holds nothing out, otherwise both sets get at
            least one sample.
        rng: decides which.

    Raises:
        InputError: the share leaves one of the sets empty.
    """
    if share == 0:
        return np.arange(len(label)), np.arange(0)
    n = round(share * len(label)) if 0 < share < 1 else 0
    if not 0 < n < len(label):
        raise InputError(
            f"prepare.test_share is {share}, which leaves the training or the test set of "
            f"{len(label)} images empty; choose 0, or one below 1 that leaves both some."
        )
    test = stratified(label, n, rng)
    return np.setdiff1d(np.arange(len(label)), test), test
