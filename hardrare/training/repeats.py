"""Statistics of many passes of each sample, taken after the last epoch of a phase.

Views: features of augmented views, where the objective has an augmentation. Masks:
reconstructions with only the dropout modules in train mode, where the objective reconstructs
and its network drops out, or under the masks that an objective keeps.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.objectives import Objective
from hardrare.probes import registry, take
from hardrare.training.measure import BLOCK, block_size, eval_mode
from hardrare.training.samples import Samples

REPEATS = 20  # passes of each sample
AT_ONCE = 256  # samples whose passes a CPU holds


def measure_repeats(
    module: Objective,
    pixels: Samples,
    rows: np.ndarray,
    augmentation: Views,
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
    size = BLOCK if gpus else min(block_size(pixels), AT_ONCE)
    with eval_mode(module), torch.inference_mode(), torch.random.fork_rng(gpus):
        torch.manual_seed(generator.initial_seed())
        for start in range(0, len(rows), size):
            block = slice(start, start + size)
            with processes.batch(len(rows[block])) as own:
                made = {
                    k: torch.stack(list(forward(rows[block], own))) for k, forward in passes.items()
                }
            for name, value in take(chosen, made).items():
                columns[name][block][own] = value.cpu().numpy()
    processes.filled(columns, processes.places(len(rows), size))
    return columns


def _passes(
    module: Objective,
    pixels: Samples,
    augmentation: Views,
    generator: torch.Generator,
) -> dict[str, Callable[[np.ndarray, slice], Iterator[torch.Tensor]]]:
    """What random passes give of own ones of some rows, by output; each pass (b, ...) float32."""
    dropouts = [m for m in module.modules() if isinstance(m, nn.Dropout)]

    def views(rows: np.ndarray, own: slice) -> Iterator[torch.Tensor]:
        for view in pixels.repeats(rows, REPEATS, augmentation, generator, own):
            yield module.measure(view, pixels.labels(rows[own]))["features"].float()

    def masked(rows: np.ndarray, own: slice) -> Iterator[torch.Tensor]:
        images = pixels.batch(rows[own])
        for _ in range(REPEATS):
            with _train_mode(dropouts):
                yield module.reconstruct(images).float()

    def hidden(rows: np.ndarray, own: slice) -> Iterator[torch.Tensor]:
        yield from module.reconstructions(pixels.batch(rows[own]))

    passes = {} if augmentation is None else {"view_features": views}
    if dropouts and module.reconstructs:
        passes["masked_reconstructions"] = masked
    if module.masks:
        passes["masked_reconstructions"] = hidden
    return passes


@contextmanager
def _train_mode(modules: list[nn.Module]) -> Iterator[None]:
    """Train mode of some modules for a block, then eval mode again."""
    for module in modules:
        module.train()
    yield
    for module in modules:
        module.eval()
