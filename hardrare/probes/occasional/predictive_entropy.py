"""The occasional probe `predictive_entropy`."""

import torch

from hardrare.probes.occasional import occasional
from hardrare.probes.occasional._ensemble import entropy


@occasional(unit="nats", when="last")
def predictive_entropy(logits: torch.Tensor) -> torch.Tensor:
    """H[softmax(z)] of the final classifier (Settles 2009).

    From logits (B, K); returns (B,), 0..ln K.
    """
    return entropy(logits.log_softmax(1))
