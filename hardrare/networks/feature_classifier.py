"""A head for the features of a frozen network: dropout, D - 256, dropout; 256 features.

What runs with labels train in place of a network on images. The dropout keeps it from
learning wrong labels by heart in its few epochs.
"""

from torch import nn

WIDTH, DROPOUT = 256, 0.5


def build(shape: tuple[int, int, int]) -> nn.Module:
    """The head for inputs of shape (C, H, W), read as C x H x W values; 256 features."""
    channels, height, width = shape
    network = nn.Sequential(
        nn.Flatten(),
        nn.Dropout(DROPOUT),
        nn.Linear(channels * height * width, WIDTH),
        nn.ReLU(inplace=True),
        nn.Dropout(DROPOUT),
    )
    network.width = WIDTH
    return network
