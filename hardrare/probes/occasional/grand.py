"""The occasional probe `grand`."""

import torch
from torch.func import functional_call, vmap
from torch.nn import functional as F

from hardrare.probes.occasional import occasional

HELD = 1 << 26  # gradient values at a time
AT_ONCE = 64  # samples; more are no faster on a CPU


@occasional(unit="loss per weight", when="early")
def grand(module: torch.nn.Module, images: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Norm of the gradient of the sample's own cross-entropy by all weights, exact: GraNd.

    Paul et al. 2021. In eval mode and float32, each sample by a copy of the weights of its own
    (vmap); `torch.func.grad` gives the same, but imports torch's compiler, which takes 3 s.
    Gradients of at most 64 million weights, 256 MB, are held at a time (with the activations of
    as many samples), and of at most 64 samples: 25 MB for small_cnn, 5 samples of a ResNet-18.

    From module, images (B, C, H, W), label (B,); returns (B,), 0 upwards.
    """
    weights = {name: w.detach() for name, w in module.named_parameters()}
    buffers = dict(module.named_buffers())

    def logits(own: dict, image: torch.Tensor) -> torch.Tensor:
        return functional_call(module, (own, buffers), (image[None],))[0]

    fits = HELD // sum(w.numel() for w in weights.values())
    chunk, norms = min(max(fits, 1), AT_ONCE), []
    for some, known in zip(images.split(chunk), label.split(chunk), strict=True):
        own = {k: w.expand(len(some), *w.shape).requires_grad_() for k, w in weights.items()}
        loss = F.cross_entropy(vmap(logits)(own, some), known, reduction="sum")
        gradients = torch.autograd.grad(loss, list(own.values()))
        norms.append(sum(g.reshape(len(some), -1).square().sum(1) for g in gradients).sqrt())
    return torch.cat(norms)
