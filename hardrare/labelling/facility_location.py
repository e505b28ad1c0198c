"""Label the samples to which all others lie nearest: facility location."""

import numpy as np

from hardrare.labelling._registry import strategy
from hardrare.labelling.samples import Samples
from hardrare.numerics import facility


@strategy("facility location", "each time the image that brings all images nearest to a chosen one")
def facility_location(samples: Samples, budget: int) -> np.ndarray:
    """See `hardrare.numerics.facility`.

    Args:
        samples: to choose from.
        budget: how many are labelled.
    """
    rng = samples.generator("facility_location")
    return facility.facility_location(samples.rows, budget, rng)
