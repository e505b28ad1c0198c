"""Label the sample nearest to each of as many k-means centroids as can be labelled."""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.clusters import round_robin
from hardrare.labelling.samples import Samples


@strategy(
    "prototypes",
    "as many clusters of the features as there are labels (k-means); of "
    "each the image nearest to its centre",
)
def prototypes(samples: Samples, budget: int) -> np.ndarray:
    """The sample nearest to the centroid of each of `budget` clusters, large clusters first.

    Where fewer rows are distinct than that, the next nearest follow.

    Args:
        samples: to choose from.
        budget: how many are labelled, and so many clusters.
    """
    clusters = samples.clusters(budget)
    return round_robin(clusters.label, clusters.size, clusters.distance)
