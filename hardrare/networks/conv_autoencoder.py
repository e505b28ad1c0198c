"""The study's autoencoder: convolutions 8-16-32, linear 128 and a sigmoid code; a mirrored decoder.

For 28x28 the sizes are 28-14-7-3 and 288-128-code, as in the study; other
image sizes shrink by halves in the same way. With `dropout` the hidden layers of encoder
and decoder are dropped out. With `variational` the encoder ends in two values for each of
the code's, with no sigmoid: mean and log variance.
"""

import torch
from torch import nn

CHANNELS = (8, 16, 32)
HIDDEN = 128


class ConvAutoencoder(nn.Module):
    """`encode` images to a code in 0..1, `decode` a code to images in 0..1."""

    def __init__(
        self, shape: tuple[int, int, int], code_size: int, dropout: float, variational: bool
    ) -> None:
        super().__init__()
        channels, height, width = shape
        paddings = (1, 1, 0 if min(height, width) > 20 else 1)
        sizes = [(height, width)]
        for p in paddings:
            sizes.append(tuple((s + 2 * p - 3) // 2 + 1 for s in sizes[-1]))
        down, up = [], []
        ins = (channels, *CHANNELS[:-1])
        for i, (a, b) in enumerate(zip(ins, CHANNELS, strict=True)):
            norm = [nn.BatchNorm2d(b)] if i == 1 else []
            down += [nn.Conv2d(a, b, 3, 2, paddings[i]), *norm, nn.ReLU(inplace=True)]
            extra = tuple(
                s - ((t - 1) * 2 - 2 * paddings[i] + 3)
                for s, t in zip(sizes[i], sizes[i + 1], strict=True)
            )
            after = [nn.BatchNorm2d(a), nn.ReLU(inplace=True)] if i else [nn.Sigmoid()]
            up = [nn.ConvTranspose2d(b, a, 3, 2, paddings[i], extra), *after, *up]
        flat = CHANNELS[-1] * sizes[-1][0] * sizes[-1][1]
        squash = [] if variational else [nn.Sigmoid()]
        self.encode = nn.Sequential(
            *down, nn.Flatten(), *_hidden(flat, HIDDEN, dropout),
            nn.Linear(HIDDEN, 2 * code_size if variational else code_size), *squash,
        )  # fmt: skip
        self.decode = nn.Sequential(
            *_hidden(code_size, HIDDEN, dropout), *_hidden(HIDDEN, flat, 0),
            nn.Unflatten(1, (CHANNELS[-1], *sizes[-1])), *up,
        )  # fmt: skip

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Reconstructions (B, C, H, W) of images (B, C, H, W)."""
        return self.decode(self.encode(images))


def _hidden(ins: int, outs: int, dropout: float) -> list[nn.Module]:
    """A linear layer, its rectifier and, where there is some, its dropout."""
    drop = [nn.Dropout(dropout)] if dropout else []
    return [nn.Linear(ins, outs), nn.ReLU(inplace=True), *drop]


def build(
    shape: tuple[int, int, int], code_size: int, dropout: float = 0.0, variational: bool = False
) -> ConvAutoencoder:
    """The autoencoder for images of shape (C, H, W) with a code of `code_size` values."""
    return ConvAutoencoder(shape, code_size, dropout, variational)
