"""ResNet-9 of a quarter width for 32x32 images on a CPU: 128 features.

Lightly's small generator: a 3x3 stem, four stages of one basic block.
"""

from lightly.models import ResNetGenerator
from torch import nn


def build(shape: tuple[int, int, int]) -> nn.Module:
    """The network for images of shape (C, H, W); 128 features."""
    network = ResNetGenerator("resnet-9", width=0.25)
    if shape[0] != 3:
        network.conv1 = nn.Conv2d(shape[0], network.conv1.out_channels, 3, 1, 1, bias=False)
    width = network.linear.in_features
    layers = list(network.children())[:-1]
    backbone = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    backbone.width = width
    return backbone
