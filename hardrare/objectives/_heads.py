"""Projection heads: a few linear layers behind a backbone.

They are those of lightly's `models.modules.heads`, weights and all (tested): importing these takes
seconds, for torchvision and timm come along.
"""

from itertools import pairwise

from torch import nn


def projection(
    width: int, hidden: int, output: int, layers: int = 2, normalised: bool = False
) -> nn.Module:
    """A projection head `width` - hidden - output; none where hidden is 0.

    Without one the loss acts on the network's own features: so the small networks are trained
    that take the features of a frozen network, and their features are the projections.

    Args:
        width: values that come in.
        hidden: values of each layer but the last.
        output: values of the last layer.
        layers: linear ones; behind each but the last stand a batch normalisation and a rectifier.
        normalised: whether a batch normalisation stands behind the last, too.
    """
    if not hidden:
        return nn.Identity()
    made: list[nn.Module] = []
    for ins, outs in pairwise([width, *[hidden] * (layers - 1), output]):
        last = len(made) == 3 * (layers - 1)
        norm = [nn.BatchNorm1d(outs)] if normalised or not last else []
        made += [nn.Linear(ins, outs, bias=not norm), *norm, *([] if last else [nn.ReLU()])]
    return nn.Sequential(*made)
