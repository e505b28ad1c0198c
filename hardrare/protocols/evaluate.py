"""What a trained classifier says of images that it was not trained on."""

import numpy as np
import torch
from torch import nn

from hardrare.training.measure import block_size, eval_mode
from hardrare.training.pixels import Pixels


def predict(module: nn.Module, pixels: Pixels) -> np.ndarray:
    """The class (N,) with the largest logit for each image, in eval mode and float32."""
    rows = np.arange(len(pixels))
    parts, size = [], block_size(pixels)
    with eval_mode(module), torch.inference_mode():
        for start in range(0, len(rows), size):
            logits = module(pixels.batch(rows[start : start + size]))
            parts.append(logits.argmax(1).cpu())
    return torch.cat(parts).numpy()
