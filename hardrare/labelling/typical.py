"""Label the most typical sample of each cluster: TypiClust.

Source: Hacohen, Dekel & Weinshall, ICML 2022, arXiv:2202.02794.
"""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.clusters import round_robin
from hardrare.labelling.samples import Samples
from hardrare.numerics.neighbours import nearest

MOST_CLUSTERS = 500  # as published: more labels than that take several of each cluster
NEIGHBOURS = 20  # as published
SMALLEST = 5  # clusters of fewer samples come last, as outliers that are typical of nothing


@strategy(
    "typical ones",
    "of each such cluster (at most 500) the image with the nearest neighbours, in turn (TypiClust)",
)
def typical(samples: Samples, budget: int) -> np.ndarray:
    """The densest sample of each cluster, large clusters first, then the next of each.

    Typicality of i is 1 / mean_j norm(u_i - u_j) over its 20 nearest neighbours j inside its
    cluster (all others in a smaller one). There are `budget` clusters, 500 at most.

    Args:
        samples: to choose from.
        budget: how many are labelled.
    """
    clusters = samples.clusters(min(budget, MOST_CLUSTERS))
    spread = np.zeros(len(samples.rows))
    for members in _members(clusters.label):
        spread[members] = _mean_distance(samples.rows[members])
    turn = np.where(clusters.size < SMALLEST, clusters.size - len(samples.rows), clusters.size)
    order = round_robin(clusters.label, turn, spread)
    outlier = clusters.size[clusters.label[order]] < SMALLEST
    return np.concatenate([order[~outlier], order[outlier]])


def _members(label: np.ndarray) -> list[np.ndarray]:
    """Positions of the samples of each cluster that has any."""
    grouped = np.argsort(label, kind="stable")
    return np.split(grouped, np.flatnonzero(np.diff(label[grouped])) + 1)


def _mean_distance(rows: np.ndarray) -> np.ndarray:
    """Mean distance of (M, D) rows to their nearest others, (M,); 0 for a single one."""
    near = nearest(rows, NEIGHBOURS).distance
    return near.mean(axis=1) if near.size else np.zeros(len(rows))
