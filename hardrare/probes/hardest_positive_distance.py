"""The probe `hardest_positive_distance`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="1")
def hardest_positive_distance(hardest_positive_distance: torch.Tensor) -> torch.Tensor:
    """Distance of a sample to the farthest other view of its class in its batch.

    Of projections of unit length, mean over the sample's two views.

    From hardest_positive_distance (B,); returns (B,), 0..2.
    """
    return hardest_positive_distance
