"""Labels proposed for what nobody labelled, from a few that somebody did."""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from hardrare.errors import InputError
from hardrare.labelling.judges import Split, beliefs
from hardrare.labelling.samples import Samples
from hardrare.numerics.standardise import standardised

SURE = 0.9  # probability from which on self-training believes its own labels
FOLDS = 5  # of the told labels, each left out once to see how often it is proposed right
FEWEST = 10  # told labels, below which none is left out
EXPONENTS = np.linspace(0.1, 2, 39)  # of beliefs: below 1 they are less sure of themselves
LEAST = 1e-3  # belief in a class, where the judges know none


@dataclass(frozen=True)
class Proposed:
    """What is proposed for M samples.

    Attributes:
        rows: (M,) the samples that have no label, ascending.
        label: (M,) the class that is believed most.
        confidence: (M,) how much, 0..1: the mean over the judges, as sure as told labels that are
            left out allow.
        judges: (M,) how many of the three judges believe most in that class.
        right: share of told labels that are proposed right when they are left out, NaN of few.
    """

    rows: np.ndarray
    label: np.ndarray
    confidence: np.ndarray
    judges: np.ndarray
    right: float


def propose(features: np.ndarray, told: np.ndarray, label: np.ndarray, seed: int) -> Proposed:
    """A label for every sample that has none, and how much to believe it.

    The judges that judge labelling strategies (a linear probe, self-training, cluster-then-label)
    each give shares of belief. Their mean m is too sure of itself where few labels are told, so the
    confidence is m^a / sum m^a, a the exponent under which told labels that are left out by
    turns are likeliest (as temperature scaling: Guo et al., ICML 2017); 1 of few. One thread: the
    result does not depend on their number.

    Args:
        features: (N, D) label-free features.
        told: (B,) the samples that have a label.
        label: (B,) their classes.
        seed: of the clusters and of what is left out.

    Raises:
        InputError: fewer than two classes are told, or nothing is left to propose for.
    """
    if len(np.unique(label)) < 2:
        raise InputError("the labels that were given are all of one class; give two or more.")
    rest = np.setdiff1d(np.arange(len(features)), told)
    if not len(rest):
        raise InputError("every image has a label already; there is nothing to propose.")
    with threadpool_limits(1):
        rows, samples = standardised(features).astype(np.float32), Samples.of(features, {}, seed)
        right, exponent = _left_out(rows, samples, told, label, seed)
        each = _believed(rows, samples, rest, told, label)
    mean = _as_sure(each.mean(axis=0), exponent)
    best = mean.argmax(axis=1)
    agree = (each.argmax(axis=2) == best).sum(axis=0)
    return Proposed(rest, np.unique(label)[best], mean.max(axis=1), agree, right)


def _believed(
    rows: np.ndarray, samples: Samples, asked: np.ndarray, told: np.ndarray, label: np.ndarray
) -> np.ndarray:
    """Beliefs (3, M, K) of the judges in the classes of the asked samples."""
    split = Split(samples, rows, rows[asked], samples.rows[asked])
    return np.stack(list(beliefs(split, told, label, SURE).values()))


def _as_sure(mean: np.ndarray, exponent: float) -> np.ndarray:
    """Beliefs (M, K) made more or less sure of themselves."""
    raised = np.maximum(mean, 1e-12) ** exponent
    return raised / raised.sum(axis=1, keepdims=True)


def _left_out(
    rows: np.ndarray, samples: Samples, told: np.ndarray, label: np.ndarray, seed: int
) -> tuple[float, float]:
    """Share of told labels that are proposed right by the others, and the exponent they ask for."""
    if len(told) < FEWEST:
        return float("nan"), 1.0
    fold, right = np.random.default_rng(seed).permutation(len(told)) % FOLDS, 0
    unlikely = np.zeros(len(EXPONENTS))
    for left_out in range(FOLDS):
        out, known = fold == left_out, label[fold != left_out]
        classes = np.unique(known)
        if len(classes) > 1:
            mean = _believed(rows, samples, told[out], told[~out], known).mean(axis=0)
            right += int((classes[mean.argmax(axis=1)] == label[out]).sum())
            own = classes == label[out][:, None]
            for i, exponent in enumerate(EXPONENTS):
                likely = (_as_sure(mean, exponent) * own).sum(axis=1)
                unlikely[i] -= np.log(np.maximum(likely, LEAST)).sum()
    return right / len(told), float(EXPONENTS[unlikely.argmin()])
