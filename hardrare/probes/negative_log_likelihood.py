"""The probe `negative_log_likelihood`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="nats")
def negative_log_likelihood(negative_log_likelihood: torch.Tensor) -> torch.Tensor:
    """-ln p(x | z) of the image, mean over draws of its code, as the objective defines it.

    From negative_log_likelihood (B,); returns (B,).
    """
    return negative_log_likelihood
