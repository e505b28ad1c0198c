"""An autoencoder of the features of a frozen network: D - 128 - code - 128 - D.

The code is a sigmoid, as the study's; features, which are standardised, come back unbounded.
With `variational` the encoder ends in two values for each of the code's: mean and log variance.
"""

import torch
from torch import nn

HIDDEN = 128


class FeatureAutoencoder(nn.Module):
    """`encode` inputs to a code in 0..1, `decode` a code to inputs again."""

    def __init__(
        self, shape: tuple[int, int, int], code_size: int, dropout: float, variational: bool
    ) -> None:
        super().__init__()
        channels, height, width = shape
        flat = channels * height * width
        squash = [] if variational else [nn.Sigmoid()]
        self.encode = nn.Sequential(
            nn.Flatten(), *_hidden(flat, dropout),
            nn.Linear(HIDDEN, 2 * code_size if variational else code_size), *squash,
        )  # fmt: skip
        self.decode = nn.Sequential(
            *_hidden(code_size, dropout), nn.Linear(HIDDEN, flat), nn.Unflatten(1, shape)
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Reconstructions (B, C, H, W) of inputs (B, C, H, W)."""
        return self.decode(self.encode(inputs))


def _hidden(ins: int, dropout: float) -> list[nn.Module]:
    """A linear layer, batch normalisation, rectifier and, where there is some, dropout."""
    drop = [nn.Dropout(dropout)] if dropout else []
    return [nn.Linear(ins, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(inplace=True), *drop]


def build(
    shape: tuple[int, int, int], code_size: int, dropout: float = 0.0, variational: bool = False
) -> FeatureAutoencoder:
    """The autoencoder for inputs of shape (C, H, W) with a code of `code_size` values."""
    return FeatureAutoencoder(shape, code_size, dropout, variational)
