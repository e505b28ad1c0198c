"""The probe `alignment`: one value per sample and epoch."""

import torch

from hardrare.probes import probe
from hardrare.probes._standardised import standardised


@probe(unit="1")
def alignment(projections: torch.Tensor) -> torch.Tensor:
    """Cosine of the two views' projections, each feature standardised over the batch. In -1..1.

    From projections (2, B, P); returns (B,).
    """
    first, second = standardised(projections)
    return (first * second).sum(1)
