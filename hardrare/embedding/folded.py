"""A network for inference alone: each BatchNorm becomes part of the convolution before it."""

from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def folded(network: nn.Module) -> nn.Module:
    """The network in eval mode, each BatchNorm that follows a convolution folded into it.

    Pairs are neighbours among the children of one module; that all networks of timm and
    torchvision run them in this order is checked where the result is used. What timm's
    BatchNorm does after normalising (its activation) stays.
    """
    network.eval()
    for parent in list(network.modules()):
        children = list(parent.named_children())
        for (before, convolution), (after, norm) in pairwise(children):
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                if convolution.out_channels != norm.num_features or not norm.track_running_stats:
                    continue
                setattr(parent, before, fuse_conv_bn_eval(convolution, norm))
                rest = [m for _, m in norm.named_children()]
                setattr(parent, after, nn.Sequential(*rest) if rest else nn.Identity())
    return network
