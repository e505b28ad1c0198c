"""The best decision stump, its threshold chosen on one half and scored on the other.

A threshold that is fitted and scored on the same samples looks better than it is. Both
halves take both parts in turn, and the two results are averaged.
"""

import numpy as np


def stump(
    values: np.ndarray, positive: np.ndarray, half: np.ndarray, *, either: bool
) -> tuple[float, float]:
    """Accuracy and balanced accuracy of "injected if value > threshold" on held-out halves.

    Each has the threshold of its own that is best on the fitting half. Flagging every
    sample and flagging none are thresholds too, so accuracy may be that of the larger class.

    Args:
        values: `(N,)`, finite; high means injected.
        positive: `(N,)` bool.
        half: `(N,)` bool, the first half; both halves hold positives and negatives.
        either: whether the fitting half may also choose "value < threshold", for scores
            with no declared orientation.

    Returns:
        Accuracy and balanced accuracy, the mean of recall and specificity, in 0..1.
    """
    results = np.zeros(2)
    for fit in (half, ~half):
        p, test = positive[fit], positive[~fit]
        plain = np.where(p, 1, -1)
        balanced = np.where(p, (~p).sum(), -p.sum())
        flagged = [
            _predict(values[fit], gain, values[~fit], either=either) for gain in (plain, balanced)
        ]
        recall, specificity = flagged[1][test].mean(), (~flagged[1][~test]).mean()
        results += (flagged[0] == test).mean(), (recall + specificity) / 2
    return float(results[0] / 2), float(results[1] / 2)


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
