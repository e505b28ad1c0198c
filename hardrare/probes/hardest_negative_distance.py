"""The probe `hardest_negative_distance`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="1")
def hardest_negative_distance(hardest_negative_distance: torch.Tensor) -> torch.Tensor:
    """Distance of a sample to the nearest view of another class in its batch.

    Of projections of unit length, mean over the sample's two views.

    From hardest_negative_distance (B,); returns (B,), 0..2.
    """
    return hardest_negative_distance
