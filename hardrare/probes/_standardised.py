"""Projections as the correlation probes read them."""

import torch


def standardised(projections: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both views' projections, standardised per feature over the batch, rows of unit length.

    From projections (2, B, P); returns two (B, P).
    """
    centred = projections - projections.mean(1, keepdim=True)
    scaled = centred / centred.std(1, keepdim=True, correction=0).clamp(min=1e-6)
    first, second = torch.nn.functional.normalize(scaled, dim=2)
    return first, second
