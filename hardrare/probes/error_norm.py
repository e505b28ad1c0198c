"""The probe `error_norm`: one value per sample and epoch."""

import torch
from torch.nn import functional as F

from hardrare.probes import probe


@probe(unit="1")
def error_norm(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """||softmax(z) - onehot(y)||_2, in 0..sqrt(2): EL2N of this epoch (Paul et al. 2021).

    From logits (B, K); label (B,); returns (B,).
    """
    return (logits.softmax(1) - F.one_hot(label, logits.shape[1])).norm(dim=1)
