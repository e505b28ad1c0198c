"""The probe `code_norm`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="code")
def code_norm(code: torch.Tensor) -> torch.Tensor:
    """Euclidean norm of the code.

    From code (B, D); returns (B,).
    """
    return code.norm(dim=1)
