"""The metric `aflite_predictability`: one value per sample."""

import numpy as np

from hardrare.metrics import metric
from hardrare.numerics.points import canonical_order, conditioned, copies, points

RIDGE = 1e-3  # of the mean variance of a feature, times the number of rows


@metric(
    unit="share",
    harder="low",
    source="Le Bras et al., ICML 2020, arXiv:2002.04108; its filter's score, ridge classifiers",
)
def aflite_predictability(
    features: np.ndarray, label: np.ndarray, *, aflite_rounds: int = 64, aflite_share: float = 0.5
) -> np.ndarray:
    """How often linear classifiers that never saw the sample give its label.

    score = #{rounds without it in which argmax = y} / #{rounds without it}, over random
    subsets of aflite_share of the samples; each trains a linear classifier on frozen features,
    L2-normalised, so that a few long rows do not decide it.
    It looks at all samples. The classifier is least squares to one-hot targets with a small
    ridge: a closed form, where the authors fit logistic regressions. A sample that no round
    leaves out scores 0; its own label enters only through the comparison.

    Args:
        features: `(N, D)`, frozen, of any length.
        label: `(N,)` given labels.
        aflite_rounds: how many subsets, 1 or more.
        aflite_share: of the samples in a subset, above 0, below 1.

    Returns:
        `(N,)`, 0..1.

    Example:
        Two directions; the last two samples lie with one and have the label of the other.

        >>> features = np.array([[1.0, 0.0]] * 8 + [[0.0, 1.0]] * 8 + [[1.0, 0.01], [0.01, 1.0]])
        >>> label = np.array([0] * 8 + [1] * 8 + [1, 0])
        >>> score = aflite_predictability(features, label)
        >>> score[:16].min(), score[16:].max()
        (np.float64(1.0), np.float64(0.0))
    """
    rows = points(features, unit=True)
    order = canonical_order(rows)
    order = order[np.lexsort((np.asarray(label)[order], copies(rows[order])))]
    score = np.empty(len(rows))
    score[order] = _predictability(
        conditioned(rows[order])[0], np.asarray(label)[order], aflite_rounds, aflite_share
    )
    return score


def _predictability(x: np.ndarray, label: np.ndarray, rounds: int, share: float) -> np.ndarray:
    """Scores (N,) of features (N, D), whose order decides which subsets are drawn."""
    target = (label[:, None] == np.unique(label)).astype(np.float64)  # (N, K)
    x = np.hstack([x, np.ones((len(x), 1))])
    truth, rng = target.argmax(1), np.random.default_rng(0)
    size = min(max(round(share * len(x)), 1), len(x) - 1)
    right, seen = np.zeros(len(x)), np.zeros(len(x))
    for _ in range(rounds if size else 0):
        taken = np.zeros(len(x), bool)
        taken[rng.permutation(len(x))[:size]] = True
        said = (x[~taken] @ _fit(x[taken], target[taken])).argmax(1)
        right[~taken] += said == truth[~taken]
        seen[~taken] += 1
    return right / np.maximum(seen, 1)


def _fit(x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights (D + 1, K) of the ridge regression of targets (M, K) on x (M, D + 1)."""
    gram = x.T @ x
    ridge = RIDGE * len(x) * max(x[:, :-1].var(), 1e-12)
    gram[np.diag_indices(len(gram) - 1)] += ridge
    gram[-1, -1] += 1e-9 * len(x)
    return np.linalg.solve(gram, x.T @ target)
