"""Statistics of many passes of each sample, taken after the last epoch of a phase.

Views: features of augmented views, where the objective has an augmentation. Masks:
reconstructions with only the dropout modules in train mode, where the objective reconstructs
and its network drops out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from hardrare.augmentation import Augmentation
from hardrare.objectives import Objective
from hardrare.probes import registry, take
from hardrare.training.measure import BLOCK, eval_mode, make_view
from hardrare.training.pixels import Pixels

REPEATS = 20  # passes of each sample


def measure_repeats(
    module: Objective,
    pixels: Pixels,
    rows: np.ndarray,
    augmentation: Augmentation | None,
    generator: torch.Generator,
    due: bool,
) -> dict[str, np.ndarray]:
    """Every probe of many passes.

    Args:
        module: the objective.
        pixels: the images.
        rows: (M,) which to measure.
        augmentation: how views are made.
        generator: of the views; its seed is the dropout masks' too.
        due: whether to measure now; otherwise every value is NaN.

    Returns:
        Column to (M,) float32 values; empty where the objective has none.
    """
    passes = _passes(module, pixels, augmentation, generator)
    chosen = [p for p in registry().values() if set(p.outputs) <= set(passes)]
    columns = {p.name: np.full(len(rows), np.nan, np.float32) for p in chosen}
    if not due or not chosen:
        return columns
    gpus = [pixels.device] if pixels.device.type == "cuda" else []
    size = max(BLOCK // REPEATS, 1)
    with eval_mode(module), torch.inference_mode(), torch.random.fork_rng(gpus):
        torch.manual_seed(generator.initial_seed())
        for start in range(0, len(rows), size):
            block = slice(start, start + size)
            outputs = {
                name: torch.stack([one(rows[block]) for _ in range(REPEATS)])
                for name, one in passes.items()
            }
            for name, value in take(chosen, outputs).items():
                columns[name][block] = value.cpu().numpy()
    return columns


def _passes(
    module: Objective,
    pixels: Pixels,
    augmentation: Augmentation | None,
    generator: torch.Generator,
) -> dict[str, Callable[[np.ndarray], torch.Tensor]]:
    """What one random pass gives of some rows, by the output's name; (B, ...) float32."""
    dropouts = [m for m in module.modules() if isinstance(m, nn.Dropout)]

    def view(rows: np.ndarray) -> torch.Tensor:
        images = make_view(pixels.batch(rows), augmentation, generator)
        return module.measure(images, pixels.labels(rows))["features"].float()

    def masked(rows: np.ndarray) -> torch.Tensor:
        with _train_mode(dropouts):
            return module.reconstruct(pixels.batch(rows)).float()

    passes = {} if augmentation is None else {"view_features": view}
    if dropouts and module.reconstructs:
        passes["masked_reconstructions"] = masked
    return passes


@contextmanager
def _train_mode(modules: list[nn.Module]) -> Iterator[None]:
    """Train mode of some modules for a block, then eval mode again."""
    for one in modules:
        one.train()
    yield
    for one in modules:
        one.eval()
