"""Facility location: the samples to which all others lie nearest."""

import numpy as np

from hardrare.errors import InputError
from hardrare.numerics import facility
from hardrare.numerics.points import points
from hardrare.pruning._registry import rule
from hardrare.pruning.pool import Pool


@rule("what all others lie nearest to (facility location)")
def facility_location(argument: str, pool: Pool) -> list[np.ndarray]:
    """By the features, without a label or a score; see `hardrare.numerics.facility`.

    Raises:
        InputError: it is given an argument, or the features are no finite matrix.
    """
    if argument:
        raise InputError(
            f"prune.arms: facility_location takes no argument, got facility_location-{argument}."
        )
    rows = points(pool.features(), unit=True)
    return [facility.facility_location(rows, pool.keep, pool.generator("facility", 0))]
