"""What predicts an artefact from many scores at once: a random forest, a sparse logistic model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

# Large leaves and small bags: a forest of few inputs, as the pixels are, learns no noise by heart.
FOREST = {"max_depth": 10, "max_samples": 0.5, "max_features": 0.3}
LEAF = 10  # or a quarter of the positives where they are few
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)  # C of the logistic model, sparsest first
FOLDS = 3


@dataclass(frozen=True)
class Fitted:
    """A fitted model: `predict` maps `(n, P)` to `(n,)`, high = injected; `used` inputs matter."""

    predict: Callable[[np.ndarray], np.ndarray]
    used: int


def forest(x: np.ndarray, y: np.ndarray, *, trees: int, seed: int) -> Fitted:
    """A random forest of shallow trees, both kinds of sample weighing the same.

    Args:
        x: `(n, P)`.
        y: `(n,)` bool.
        trees: how many.
        seed: of the forest.
    """
    model = RandomForestClassifier(trees, class_weight="balanced", random_state=seed, **FOREST).fit(
        x, y
    )
    return Fitted(lambda given: model.predict_proba(given)[:, 1], x.shape[1])


def logistic(x: np.ndarray, y: np.ndarray, *, seed: int) -> Fitted:
    """Logistic regression with an L1 penalty, as sparse as cross-validation allows.

    Of the penalties the strongest whose mean AUROC over the folds is within one standard
    error of the best.

    Args:
        x: `(n, P)`, of like scale.
        y: `(n,)` bool, at least `FOLDS` of each.
        seed: of the folds.
    """
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, y))
    by_fold = np.array(
        [
            [
                roc_auc_score(y[test], _sparse(x[fit], y[fit], c, seed).decision_function(x[test]))
                for fit, test in folds
            ]
            for c in STRENGTHS
        ]
    )
    mean, error = by_fold.mean(axis=1), by_fold.std(axis=1, ddof=1) / np.sqrt(FOLDS)
    enough = mean >= mean.max() - error[mean.argmax()]
    model = _sparse(x, y, STRENGTHS[int(enough.argmax())], seed)
    return Fitted(model.decision_function, int((model.coef_ != 0).sum()))


def _sparse(x: np.ndarray, y: np.ndarray, c: float, seed: int) -> LogisticRegression:
    """The logistic model of one penalty."""
    return LogisticRegression(
        C=c, l1_ratio=1.0, solver="liblinear", class_weight="balanced", random_state=seed
    ).fit(x, y)
