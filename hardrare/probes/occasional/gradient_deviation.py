"""The occasional probe `gradient_deviation`."""

import torch

from hardrare.probes.occasional import occasional


@occasional(unit="logit per pixel range", when="checkpoints")
def gradient_deviation(
    module: torch.nn.Module, images: torch.Tensor, label: torch.Tensor
) -> torch.Tensor:
    """Mean over channels of d z_y / dx, whose deviation over checkpoints is VoG.

    As the authors' code does (Agarwal et al., CVPR 2022, arXiv:2008.11600).

    The loop keeps a running mean and sum of squares, 8 bytes for each pixel of each sample
    (0.4 GB for 50,000 images of 32x32), never the K gradients. A batch holds the activations
    of one forward and backward pass.

    From module, images (B, C, H, W), label (B,); returns (B, H, W).
    """
    pixels = images.detach().requires_grad_()
    logit = module(pixels).gather(1, label[:, None])
    (gradient,) = torch.autograd.grad(logit.sum(), pixels)  # samples are independent in eval mode
    return gradient.mean(1)
