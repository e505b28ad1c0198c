"""What labels are worth: three ways to name the class of samples that nobody labelled."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from hardrare.labelling.clusters import assign
from hardrare.labelling.samples import Samples
from hardrare.labelling.typical import MOST_CLUSTERS

JUDGES = {  # title for people, and what it does; in the order of `named`
    "linear_probe": ("linear probe", "a linear classifier of the features, fitted on the labels"),
    "self_training": (
        "self-training",
        "the same, fitted once more with the labels that it gave to unlabelled images itself "
        "where it was sure",
    ),
    "cluster_then_label": (
        "cluster, then label",
        "each of as many clusters of the features, found from another random start than those "
        "of the strategies, takes the class of most of its labels, or of the nearest cluster "
        "that has one",
    ),
}
ROUNDS = 100  # of L-BFGS at most
OWN = "judge"  # purpose of the clusters that no strategy chooses from


@dataclass(frozen=True)
class Split:
    """Samples that may be labelled, and samples that judge; features of both, labels apart.

    Attributes:
        samples: the M that may be labelled.
        known: `(M, D)` their features, standardised.
        judging: `(H, D)` features of the judging samples, standardised.
        judging_rows: `(H, D)` the same, of unit length as in `samples.rows`.
    """

    samples: Samples
    known: np.ndarray
    judging: np.ndarray
    judging_rows: np.ndarray


def named(
    split: Split, chosen: np.ndarray, label: np.ndarray, confidence: float
) -> dict[str, np.ndarray]:
    """The class that each judge names for each judging sample: what it believes most.

    Args:
        split: see there.
        chosen: (B,) positions of the labelled samples.
        label: (B,) their classes.
        confidence: as in `beliefs`.

    Returns:
        Judge to (H,) classes.
    """
    classes = np.unique(label)
    believed = beliefs(split, chosen, label, confidence)
    return {judge: classes[probability.argmax(axis=1)] for judge, probability in believed.items()}


def beliefs(
    split: Split, chosen: np.ndarray, label: np.ndarray, confidence: float
) -> dict[str, np.ndarray]:
    """How much each judge believes in each class, for each judging sample.

    `linear_probe` is a logistic regression (L2, C = 1) on the labelled samples.
    `self_training` lets it name the class of all others that may be labelled, believes it
    where its probability is at least `confidence`, and fits once more (Yarowsky, ACL 1995).
    `cluster_then_label` gives each k-means cluster the shares of its labelled samples' classes,
    or those of the nearest cluster that has any; as many clusters as labels, 500
    at most. They start at random on their own: in the very clusters that `prototypes` and
    `typical` choose from, these would have a label in each.

    Args:
        split: see there.
        chosen: (B,) positions of the labelled samples.
        label: (B,) their classes.
        confidence: 0..1.

    Returns:
        Judge to (H, K) shares, K the classes among the labels, ascending; each row adds up to 1.
    """
    probe = _fit(split.known[chosen], label)
    rest = np.setdiff1d(np.arange(len(split.known)), chosen)
    taught = probe
    if len(rest):
        belief = probe.predict_proba(split.known[rest])
        sure = rest[belief.max(axis=1) >= confidence]
        guessed = probe.classes_[belief.argmax(axis=1)][belief.max(axis=1) >= confidence]
        both = np.concatenate([chosen, sure]), np.concatenate([label, guessed])
        taught = _fit(split.known[both[0]], both[1])
    voted = _cluster_shares(split, chosen, label)
    believed = probe.predict_proba(split.judging), taught.predict_proba(split.judging), voted
    return dict(zip(JUDGES, believed, strict=True))


def cluster_then_label(split: Split, chosen: np.ndarray, label: np.ndarray) -> np.ndarray:
    """The class (H,) of each judging sample's cluster; see `beliefs`."""
    return np.unique(label)[_cluster_shares(split, chosen, label).argmax(axis=1)]


def _cluster_shares(split: Split, chosen: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Shares of the classes (H, K) among the labels of each judging sample's cluster."""
    clusters = split.samples.clusters(min(len(chosen), MOST_CLUSTERS), OWN)
    classes, code = np.unique(label, return_inverse=True)
    votes = np.zeros((len(clusters.centroid), len(classes)), np.int64)
    np.add.at(votes, (clusters.label[chosen], code), 1)
    has = np.flatnonzero(votes.any(axis=1))
    own = has[assign(clusters.centroid, clusters.centroid[has])]
    own[has] = has
    votes = votes[own][assign(split.judging_rows, clusters.centroid)]
    return votes / votes.sum(axis=1, keepdims=True)


class _Always:
    """A classifier that knows one class."""

    def __init__(self, label: np.ndarray) -> None:
        self.classes_ = label[:1]

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        return np.ones((len(rows), 1))


def _fit(rows: np.ndarray, label: np.ndarray) -> LogisticRegression | _Always:
    """A linear classifier of (B, D) rows; of one class it knows that one alone."""
    if (label == label[0]).all():
        return _Always(label)
    model = LogisticRegression(C=1.0, max_iter=ROUNDS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # see ROUNDS
        return model.fit(rows, label)
