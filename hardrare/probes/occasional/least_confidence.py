"""The occasional probe `least_confidence`."""

import torch

from hardrare.probes.occasional import occasional


@occasional(unit="1", when="last")
def least_confidence(logits: torch.Tensor) -> torch.Tensor:
    """1 - max_c softmax(z)_c of the final classifier (Settles 2009).

    From logits (B, K); returns (B,), 0..1 - 1/K.
    """
    return 1 - logits.softmax(1).amax(1)
