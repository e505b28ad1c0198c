"""The probe `margin`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="logit")
def margin(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """z_y - max_(j != y) z_j on logits.

    From logits (B, K); label (B,); returns (B,).
    """
    own = logits.gather(1, label[:, None])
    others = logits.scatter(1, label[:, None], -torch.inf)
    return own[:, 0] - others.amax(1)
