"""The best decision stump, its threshold chosen on one half and scored on the other.

A threshold that is fitted and scored on the same samples looks better than it is. Both
halves take both parts in turn, and the two results are averaged.
"""

import numpy as np


def stump(
    values: np.ndarray, positive: np.ndarray, half: np.ndarray, *, either: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Held-out flags "injected if value > threshold" and their recall and specificity.

    The first threshold is the one that is best by accuracy on the fitting half, the second
    the one best by balanced accuracy. Flagging every sample and flagging none are
    thresholds too, so accuracy may be that of the larger class.

    Args:
        values: `(N,)`, finite; high means injected.
        positive: `(N,)` bool.
        half: `(N,)` bool, the first half; both halves hold positives and negatives.
        either: whether the fitting half may also choose "value < threshold", for scores
            with no declared orientation.

    Returns:
        Recall and specificity, each `(2,)` in 0..1: of the threshold by accuracy, and of the
        one by balanced accuracy.
    """
    flagged = np.zeros((2, len(values)), bool)
    for fit in (half, ~half):
        p = positive[fit]
        gains = np.where(p, 1, -1), np.where(p, (~p).sum(), -p.sum())
        for flags, gain in zip(flagged, gains, strict=True):
            flags[~fit] = _predict(values[fit], gain, values[~fit], either=either)
    return flagged[:, positive].mean(axis=1), (~flagged[:, ~positive]).mean(axis=1)


def accuracies(recall: np.ndarray, specificity: np.ndarray, share: float) -> np.ndarray:
    """Accuracy by the first threshold, balanced accuracy by the second: `(2, ...)` in 0..1.

    Args:
        recall: `(2, ...)`.
        specificity: `(2, ...)`.
        share: of positives.
    """
    plain = share * recall[0] + (1 - share) * specificity[0]
    return np.stack([plain, (recall[1] + specificity[1]) / 2])


def resampled(
    rates: tuple[np.ndarray, np.ndarray],
    sizes: tuple[int, int],
    repeats: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Recall and specificity of bootstrap samples of the held-out flags, each `(2, B)`.

    Of n flags of which a share r is right, a bootstrap sample has Binomial(n, r) right.
    """
    drawn = [
        rng.binomial(size, np.clip(rate, 0, 1)[:, None], (2, repeats)) / size
        for rate, size in zip(rates, sizes, strict=True)
    ]
    return drawn[0], drawn[1]


def halves(positive: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random half of the samples that holds half of the positives and half of the negatives.

    Args:
        positive: `(N,)` bool.
        rng: source of the draw.

    Returns:
        `(N,)` bool.
    """
    half = np.zeros(len(positive), bool)
    for group in (positive, ~positive):
        members = rng.permutation(np.flatnonzero(group))
        half[members[: len(members) // 2]] = True
    return half


def _predict(fit: np.ndarray, gain: np.ndarray, values: np.ndarray, *, either: bool) -> np.ndarray:
    """Flags `(M,)` for `values (M,)` by the stump with the largest sum of `gain` over flagged."""
    best, sign, threshold = 0, 1.0, np.inf
    for turn in (1.0, -1.0) if either else (1.0,):
        order = np.argsort(-turn * fit, kind="stable")
        ranked = turn * fit[order]
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        sums = np.cumsum(gain[order])[ends]
        at = int(np.argmax(sums))
        if sums[at] > best:
            after = ranked[ends[at] + 1] if at + 1 < len(ends) else -np.inf
            best, sign, threshold = sums[at], turn, (ranked[ends[at]] + after) / 2
    return sign * values > threshold
