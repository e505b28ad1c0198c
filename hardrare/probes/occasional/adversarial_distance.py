"""The occasional probe `adversarial_distance`."""

import torch
from torch.nn import functional as F

from hardrare.probes.occasional import NEVER, occasional

RUNGS = tuple(2.0**-k for k in range(11))  # from the whole pixel range down
BISECTIONS = 8


@occasional(unit="pixel range", when="last", never=NEVER)
def adversarial_distance(module: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Smallest step along the sign of the loss gradient that changes the prediction.

    x(e) = clip(x + e sign(grad_x CE(f(x), argmax f(x))), 0, 1), the fast gradient sign method
    (Goodfellow et al. 2015). The smallest rung of 1/1024, 1/512, ..., 1 that changes the class is
    found first, then 8 bisections between it and the rung below. 2 = no step up to the
    whole pixel range does. A batch holds one forward and backward pass; 20 forward passes in all.

    From module, images (B, C, H, W); returns (B,), pixel range, 0..1 or 2.
    """
    pixels = images.detach().requires_grad_()
    logits = module(pixels)
    said = logits.argmax(1)
    (gradient,) = torch.autograd.grad(F.cross_entropy(logits, said, reduction="sum"), pixels)
    direction = gradient.sign()

    def changes(step: torch.Tensor) -> torch.Tensor:
        moved = (images + step.view(-1, 1, 1, 1) * direction).clamp(0, 1)
        return module(moved).argmax(1) != said

    with torch.no_grad():
        high = torch.full_like(logits[:, 0], NEVER)
        for rung in RUNGS:
            step = torch.full_like(high, rung)
            high = torch.where(changes(step), step, high)
        low = torch.where(high > RUNGS[-1], high / 2, 0)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            flips = changes(middle)
            low, high = torch.where(flips, low, middle), torch.where(flips, middle, high)
        return high
