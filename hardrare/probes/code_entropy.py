"""The probe `code_entropy`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="nats")
def code_entropy(code: torch.Tensor) -> torch.Tensor:
    """H = -sum_j q_j ln q_j with q = code / sum(code), of a code in 0..1. In 0..ln(D).

    From code (B, D); returns (B,).
    """
    share = code / code.sum(1, keepdim=True).clamp(min=torch.finfo(code.dtype).tiny)
    return torch.special.entr(share).sum(1)
