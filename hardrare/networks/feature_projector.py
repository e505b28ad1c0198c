"""A head for the features of a frozen network: D - 512 - 128, batch normalisation between.

What label-free objectives train in place of a network on images. Its 128 outputs are the
projections on which their losses act, so it is used without a further projection head.
"""

from torch import nn

HIDDEN, WIDTH = 512, 128


def build(shape: tuple[int, int, int]) -> nn.Module:
    """The head for inputs of shape (C, H, W), read as C x H x W values; 128 features."""
    channels, height, width = shape
    network = nn.Sequential(
        nn.Flatten(),
        nn.Linear(channels * height * width, HIDDEN),
        nn.BatchNorm1d(HIDDEN),
        nn.ReLU(inplace=True),
        nn.Linear(HIDDEN, WIDTH),
    )
    network.width = WIDTH
    return network
