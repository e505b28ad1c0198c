"""The occasional probe `carlini_wagner_distance`."""

import torch

from hardrare.probes.occasional import NEVER, occasional

SEARCHES = 6  # of the weight c, by bisection after the first that suffices
STEPS = 60  # of Adam for each weight
RATE = 0.05  # of Adam
FIRST = 1.0  # weight that is tried first; ten times as much while it does not suffice
INSIDE = 1 - 1e-5  # of the pixel range, which tanh does not reach


@occasional(unit="pixel range", when="last", never=NEVER)
def carlini_wagner_distance(module: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Smallest change of the pixels that changes the prediction, by optimisation (L2 attack).

    Minimises sum_pixels d^2 + c max(z_y - max_(j != y) z_j, 0), y = argmax z of the image, over
    x' = x + d = (tanh(w) + 1) / 2 with Adam, for several weights c of each image (Carlini &
    Wagner, IEEE S&P 2017, arXiv:1608.04644, confidence 0): the smallest d of all steps that
    changed the class counts. The value is sqrt(mean_pixels d^2). 2 = no step changed it. They take
    10,000 steps for each of 9 weights; here 60 for each of 6, all images of a batch at once: 361
    forward and backward passes.

    From module, images (B, C, H, W); returns (B,), pixel range, 0..1 or 2.
    """
    start = torch.atanh((2 * images.detach() - 1) * INSIDE)
    with torch.no_grad():
        said = module(images).argmax(1)
    best = torch.full_like(images[:, 0, 0, 0], NEVER)
    low, high = torch.zeros_like(best), torch.full_like(best, torch.inf)
    weight = torch.full_like(best, FIRST)
    for _ in range(SEARCHES):
        distance = _attacked(module, images, start, said, weight)
        best, changed = torch.minimum(best, distance), distance < NEVER
        high = torch.where(changed, torch.minimum(high, weight), high)
        low = torch.where(changed, low, torch.maximum(low, weight))
        weight = torch.where(high.isinf(), 10 * weight, (low + high) / 2)
    return best


def _attacked(
    module: torch.nn.Module,
    images: torch.Tensor,
    start: torch.Tensor,
    said: torch.Tensor,
    weight: torch.Tensor,
) -> torch.Tensor:
    """The smallest changes (B,) that change the prediction, by one weight for each image."""
    moved = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([moved], lr=RATE)
    best = torch.full_like(weight, NEVER)
    for step in range(STEPS + 1):
        with torch.enable_grad():
            change = ((moved.tanh() + 1) / 2 - images).flatten(1)
            logits = module(images + change.view_as(images))
            own = logits.gather(1, said[:, None])[:, 0]
            lead = own - logits.scatter(1, said[:, None], -torch.inf).amax(1)
            loss = change.square().sum(1) + weight * lead.clamp(min=0)
        size = change.detach().square().mean(1).sqrt()
        best = torch.where((lead.detach() < 0) & (size < best), size, best)
        if step < STEPS:
            (moved.grad,) = torch.autograd.grad(loss.sum(), moved)
            optimizer.step()
    return best
