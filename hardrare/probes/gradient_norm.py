"""The probe `gradient_norm`: one value per sample and epoch."""

import torch

from hardrare.probes import probe


@probe(unit="loss per pixel range")
def gradient_norm(gradients: torch.Tensor) -> torch.Tensor:
    """LGN_t = B ||dL/dx_i|| over all views of the sample, L the batch loss, B the batch size.

    The factor B undoes the mean over the batch; pixels are in 0..1 (Natifick).

    From gradients (V, B, C, H, W); returns (B,).
    """
    return gradients.shape[1] * gradients.float().square().sum(dim=(0, 2, 3, 4)).sqrt()
