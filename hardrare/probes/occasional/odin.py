"""The occasional probe `odin`."""

import torch

from hardrare.probes.occasional import occasional

TEMPERATURE = 1000.0
EPSILON = 0.0014  # of the pixel range 0..1


@occasional(unit="1", when="last")
def odin(module: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """max_c softmax(f(x') / T)_c with x' = x - eps sign(-grad_x ln max_c softmax(f(x) / T)_c).

    T = 1000 and eps = 0.0014 of the full pixel range (pixels are in 0..1); x' is not clipped, as
    the authors do (Liang et al. 2018). A batch holds one forward and backward pass.

    From module, images (B, C, H, W); returns (B,), 1/K..1 and, at this T, close to 1/K.
    """
    pixels = images.detach().requires_grad_()
    likeliest = (module(pixels) / TEMPERATURE).log_softmax(1).amax(1)
    (gradient,) = torch.autograd.grad(likeliest.sum(), pixels)
    with torch.no_grad():
        moved = images + EPSILON * gradient.sign()
        return (module(moved) / TEMPERATURE).softmax(1).amax(1)
