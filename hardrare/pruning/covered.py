"""Double-end pruning inside many small clusters: hard, not too hard, and everywhere.

Our own. Difficulty alone leaves regions of the images empty, and the very hardest are those that no
label would explain; coverage alone spends as much on the easy as on the telling. So the very
hardest go first, wherever they lie, and of what is left each small cluster of the features gives
its share, its hardest first. What it is worth beside its parts: docs/results.md.
"""

import numpy as np

from hardrare.numerics.clusters import cluster
from hardrare.pruning._registry import rule
from hardrare.pruning.double_end import band
from hardrare.pruning.pool import Pool
from hardrare.pruning.quota import first_of_each, proportional_to

EACH = 10  # samples that a cluster keeps on average


@rule("of each small cluster the hardest by {}, without the very hardest")
def covered(argument: str, pool: Pool) -> list[np.ndarray]:
    """The floor(`hard_cutoff` N) hardest go; of each of `keep` / 10 clusters the hardest stay.

    The clusters are those of the unit-length features by k-means; each keeps the same share of
    its samples that are left, by largest remainders.

    Args:
        argument: a score `<objective>-<metric>`.
        pool: the samples.

    Raises:
        InputError: as `double_end`, or the features are no finite matrix.
    """
    order = band("covered", argument, pool)
    part = cluster(pool.features(), max(pool.keep // EACH, 1), unit=True).label
    size = np.bincount(part[order], minlength=part.max() + 1)
    return [first_of_each(order, part, proportional_to(size, pool.keep))]
