"""torchvision's ResNet-18; images under 64 pixels get a 3x3 stem and no first pooling."""

from torch import nn
from torchvision.models import resnet18


def build(shape: tuple[int, int, int]) -> nn.Module:
    """The network for images of shape (C, H, W); 512 features."""
    network = resnet18(weights=None)
    channels, *sides = shape
    if min(sides) < 64:
        network.conv1 = nn.Conv2d(channels, 64, 3, 1, padding=1, bias=False)
        network.maxpool = nn.Identity()
    elif channels != 3:
        network.conv1 = nn.Conv2d(channels, 64, 7, 2, padding=3, bias=False)
    network.width = network.fc.in_features
    network.fc = nn.Identity()
    return network
