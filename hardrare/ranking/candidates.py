"""Ways to make an axis of scores: every small set of the metrics that could mean it.

An axis is chosen on one study and shown on another. Which metrics may take part was
decided by what they measure, before any result; so was the end that counts.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from hardrare.ranking.axes import combined_percentiles
from hardrare.tables import Score

LARGEST = 3  # scores in one set
# Metrics that could mean an axis, by the start of their names.
POOLS = {
    "hard": ("loss_mean", "loss_sum", "alignment_mean", "ssim_mean", "self_correlation_mean",
             "augmentation_variance", "silhouette_last", "lid_mle", "vae_elbo",
             "reconstruction_uncertainty", "alignment_std"),
    "rare": ("knn_distance", "density", "cluster_size", "prototype_distance", "lid_mle", "lid_tle"),
    "noisy": ("loss_last", "loss_diff", "loss_std", "ssim_last", "alignment_mean", "alignment_std",
              "augmentation_variance", "lid_mle", "lid_tle", "knn_distance"),
}  # fmt: skip


def pool(axis: str, scores: Sequence[Score]) -> list[Score]:
    """The scores of a study that may make an axis: of its metrics, oriented, not constant."""
    return [
        score
        for score in scores
        if score.name.partition("/")[2] in POOLS[axis]
        and score.harder != "open"
        and np.ptp(score.values) > 0
    ]


def places(scores: Sequence[Score]) -> np.ndarray:
    """Each score as a place, `(P, N)`: its mean percentile over seeds, harder end high."""
    return np.stack(
        [combined_percentiles([-s.values if s.harder == "low" else s.values])[0] for s in scores]
    )


def sets(size: int) -> list[tuple[int, ...]]:
    """Positions in a pool of `size` scores: every set of one to `LARGEST` of them.

    >>> sets(2)
    [(0,), (1,), (0, 1)]
    """
    return [
        combination
        for many in range(1, LARGEST + 1)
        for combination in combinations(range(size), many)
    ]


def combined(scores: Sequence[Score], chosen: Sequence[tuple[int, ...]]) -> np.ndarray:
    """The place on an axis that each set of scores makes, `(C, N)`, as `axes` takes it.

    Args:
        scores: the pool.
        chosen: C sets of positions in it.
    """
    placed = places(scores)
    return np.stack([placed[list(rows)].mean(axis=0) for rows in chosen])
