"""The last map of features of a frozen network, run by onnxruntime on CPUs."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from hardrare.embedding import Settings, onnx
from hardrare.networks import pretrained

LastMap = Callable[[np.ndarray], np.ndarray]


class _Last(nn.Module):
    """A network of timm up to its last map."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return self.network.forward_features(images)


def last_map(settings: Settings, side: int) -> LastMap | None:
    """A function from images (B, side, side, 3) uint8 to maps (B, D, h, w) float32.

    None where the network has no last map whose mean over the positions is its features: an
    ONNX file, a network that pools otherwise, a transformer.

    Args:
        settings: of the network.
        side: pixels; more than the network was trained on make a finer map of smaller parts.
    """
    if settings.onnx:
        return None
    network, expected = pretrained(settings.model, (3, side, side), settings.weights)
    if not hasattr(network, "forward_features") or not _averages(network.eval(), side):
        return None
    run = onnx.session(onnx.exported(_Last(network).eval(), side))
    mean, std = (np.array(values, np.float32).reshape(1, 3, 1, 1) for values in (
        settings.mean or expected.mean, settings.std or expected.std))  # fmt: skip

    def maps(images: np.ndarray) -> np.ndarray:
        given = np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32) / np.float32(255)
        return run((given - mean) / std)

    return maps


def _averages(network: nn.Module, side: int) -> bool:
    """Whether a network's features are the mean of its last map."""
    noise = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        grids, features = network.forward_features(noise), network(noise)
    if grids.ndim != 4 or grids.shape[1] != features.shape[1]:
        return False
    return torch.allclose(grids.mean(dim=(2, 3)), features, rtol=1e-3, atol=1e-4)
