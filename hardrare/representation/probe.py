"""A linear probe: logistic regression fitted on one half of the samples, judged on the other."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from hardrare.numerics.standardise import standardised

PENALTY = 1.0  # inverse strength of the L2 penalty
ROUNDS = 200  # of L-BFGS at most: a fit cut short there understates, it never flatters


def probe_correct(
    features: np.ndarray, label: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Whether a linear classifier names the class of samples that it was not fitted on.

    Multinomial logistic regression with an L2 penalty, on features standardised by mean
    and standard deviation of the half that it is fitted on (a constant one becomes 0).
    One thread: the result does not depend on their number. Source: Alain & Bengio, 2016,
    arXiv:1610.01644.

    Args:
        features: (N, D), N at least 2.
        label: (N,) int.
        rng: draws the half that is fitted on, ceil(N / 2) samples.

    Returns:
        Positions (M,) of the judged half, ascending, and (M,) bool, M = N // 2.
    """
    order = rng.permutation(len(label))
    cut = (len(label) + 1) // 2
    fitted, rest = np.sort(order[:cut]), np.sort(order[cut:])
    if len(np.unique(label[fitted])) == 1:
        return rest, label[rest] == label[fitted[0]]
    known = features[fitted]
    model = LogisticRegression(C=PENALTY, max_iter=ROUNDS)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # see ROUNDS
        model.fit(standardised(known), label[fitted])
        predicted = model.predict(standardised(features[rest], known))
    return rest, predicted == label[rest]
