"""The occasional probe `final_margin`."""

import torch

from hardrare.probes.occasional import occasional


@occasional(unit="1", when="last")
def final_margin(logits: torch.Tensor) -> torch.Tensor:
    """Probability of the likeliest class minus that of the second (Scheffer et al. 2001).

    From logits (B, K); returns (B,), 0..1. With one class it is 1.
    """
    if logits.shape[1] == 1:
        return torch.ones_like(logits[:, 0])
    first, second = logits.softmax(1).topk(2, dim=1).values.T
    return first - second
