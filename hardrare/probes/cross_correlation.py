"""The probe `cross_correlation`: one value per sample and epoch."""

import torch

from hardrare.probes import probe
from hardrare.probes._standardised import standardised


@probe(unit="1")
def cross_correlation(projections: torch.Tensor) -> torch.Tensor:
    """mean_(j != i) C_ij^2 with C_ij the cosine of view 1 of sample i and view 2 of sample j.

    Features are standardised over the batch first; C_ii itself is `alignment`. In 0..1.

    From projections (2, B, P); returns (B,).
    """
    first, second = standardised(projections)
    squares = (first @ second.T).square()
    return (squares.sum(1) - squares.diagonal()) / max(len(squares) - 1, 1)
