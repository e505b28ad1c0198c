"""The occasional probe `grand_last_layer`."""

import torch
from torch.nn import functional as F

from hardrare.probes.occasional import occasional


@occasional(unit="1", when="early")
def grand_last_layer(
    features: torch.Tensor, logits: torch.Tensor, label: torch.Tensor
) -> torch.Tensor:
    """GraNd of the last linear layer: norm(softmax(z) - onehot(y)) * norm([h, 1]).

    The Frobenius norm of the outer product that is the layer's gradient (weights and bias) of the
    sample's cross-entropy (Paul et al. 2021).

    From features (B, D), logits (B, K), label (B,); returns (B,), 0 upwards.
    """
    error = logits.softmax(1) - F.one_hot(label, logits.shape[1])
    return error.norm(dim=1) * (features.square().sum(1) + 1).sqrt()
