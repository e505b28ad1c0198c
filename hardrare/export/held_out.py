"""Probabilities of the classes for each image, by a classifier that was not fitted on it."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.numerics.standardise import standardised

FOLDS, SEED = 5, 0
PENALTY, ROUNDS = 1.0, 200  # as of the linear probe of a study


def held_out(features: np.ndarray, label: np.ndarray, classes: int) -> np.ndarray:
    """Multinomial logistic regression in five stratified folds, one thread.

    Args:
        features: (N, D) of a frozen network.
        label: (N,) whole numbers 0..K-1, all known.
        classes: K.

    Returns:
        (N, K) float32, rows of sum 1; 0 for a class that no fold without the image has.

    Raises:
        InputError: no class has as many images as there are folds, or there is but one class.
    """
    most = np.bincount(label, minlength=classes).max(initial=0)
    if most < FOLDS or len(np.unique(label)) < 2:
        raise InputError(
            f"held-out probabilities need two classes, one of {FOLDS} images at least; label more."
        )
    probabilities = np.zeros((len(label), classes), np.float32)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)  # a class of fewer images than folds
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        for fitted, rest in folds.split(features, label):
            known = features[fitted]
            if len(np.unique(label[fitted])) == 1:
                probabilities[rest, label[fitted][0]] = 1
                continue
            model = LogisticRegression(C=PENALTY, max_iter=ROUNDS)
            model.fit(standardised(known), label[fitted])
            there = model.predict_proba(standardised(features[rest], known))
            probabilities[np.ix_(rest, model.classes_)] = there
    return probabilities
