"""The occasional probe `grand`."""

import torch
from torch.func import functional_call, grad, vmap
from torch.nn import functional as F

from hardrare.probes.occasional import occasional

HELD = 1 << 26  # gradient values at a time
AT_ONCE = 64  # samples; more are no faster on a CPU


@occasional(unit="loss per weight", when="early")
def grand(module: torch.nn.Module, images: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Norm of the gradient of the sample's own cross-entropy by all weights, exact: GraNd.

    Paul et al. 2021. One gradient for each sample by `torch.func` (vmap of grad), in eval mode
    and float32.
    Gradients of at most 64 million weights, 256 MB, are held at a time (with the activations of
    as many samples), and of at most 64 samples: 25 MB for small_cnn, 5 samples of a ResNet-18.

    From module, images (B, C, H, W), label (B,); returns (B,), 0 upwards.
    """
    weights = {name: w.detach() for name, w in module.named_parameters()}
    buffers = dict(module.named_buffers())

    def loss(weights: dict, image: torch.Tensor, own_label: torch.Tensor) -> torch.Tensor:
        logits = functional_call(module, (weights, buffers), (image[None],))
        return F.cross_entropy(logits, own_label[None])

    def norm(image: torch.Tensor, own_label: torch.Tensor) -> torch.Tensor:
        gradient = grad(loss)(weights, image, own_label)
        return sum(g.square().sum() for g in gradient.values()).sqrt()

    fits = HELD // sum(w.numel() for w in weights.values())
    chunk = min(max(fits, 1), AT_ONCE, len(images))
    return vmap(norm, chunk_size=chunk)(images, label)
