"""One epoch's statistics of every sample: eval mode, float32, the same weights for all.

Measuring draws from a generator of its own and changes neither weights nor
the state of any other generator, so training goes the same way with and
without it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from hardrare import processes
from hardrare.augmentation import Views
from hardrare.objectives import Objective
from hardrare.probes import Probe, registry, take
from hardrare.training.samples import Samples

BLOCK = 1024  # samples whose outputs probes read at once, at most
# On a CPU, by pixels of the images: what probes read at once (some make ten copies of it), and a
# forward pass, whose activations outside its cache double the time.
PROBED, CACHED = 1 << 20, 1 << 16


@contextmanager
def eval_mode(module: nn.Module) -> Iterator[None]:
    """Eval mode for a block, then train mode again."""
    module.eval()
    try:
        yield
    finally:
        module.train()


def block_size(pixels: Samples, most: int = CACHED) -> int:
    """Samples in a forward pass without gradients, or of as many pixels at `most`."""
    if pixels.device.type != "cpu":
        return BLOCK
    return min(max(most // pixels.area, 16), BLOCK)


def measure(
    module: Objective,
    pixels: Samples,
    rows: np.ndarray,
    previous: torch.Tensor | None,
    probes: dict[str, Probe] | None = None,
) -> tuple[dict[str, np.ndarray], torch.Tensor]:
    """Every probe of un-augmented images.

    Args:
        module: the objective.
        pixels: the images.
        rows: (M,) which to measure.
        previous: (M, D) their features one epoch before, None in epoch 0.
        probes: which to take; every one by default.

    Returns:
        Column to (M,) values, and the features (M, D).
    """
    chosen = list((registry() if probes is None else probes).values())
    columns: dict[str, np.ndarray] = {}
    features = torch.empty(0)
    with eval_mode(module), torch.inference_mode():
        size = block_size(pixels, PROBED)
        for start in range(0, len(rows), size):
            block = slice(start, start + size)
            outputs = _outputs(module, pixels, rows[block])
            now = outputs["features"] = outputs["features"].float()
            before = now * torch.nan if previous is None else previous[block]
            outputs["previous_features"] = before
            taken = {name: value.cpu().numpy() for name, value in take(chosen, outputs).items()}
            if not columns:  # made at once: many small arrays would split the heap for good
                columns = {k: np.empty(len(rows), v.dtype) for k, v in taken.items()}
                features = now.new_empty((len(rows), *now.shape[1:]))
            for name, value in taken.items():
                columns[name][block] = value
            features[block] = now
    return columns, features


def _outputs(module: Objective, pixels: Samples, rows: np.ndarray) -> dict[str, torch.Tensor]:
    """The objective's outputs of some rows, forward passes as large as the device likes them."""
    size = block_size(pixels)
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    passes = [module.measure(pixels.batch(part), pixels.labels(part)) for part in parts]
    return {name: torch.cat([outputs[name] for outputs in passes]) for name in passes[0]}


def measure_views(
    module: Objective,
    pixels: Samples,
    rows: np.ndarray,
    batch_size: int,
    augmentation: Views,
    generator: torch.Generator,
    probes: dict[str, Probe] | None = None,
    due: bool = True,
) -> dict[str, np.ndarray]:
    """Every probe of augmented views and of the loss gradient, in equal batches.

    The last batch is filled up with samples of the first, whose values are not taken twice.

    Args:
        module: the objective; its `view_outputs` and `gradient` say what there is to measure.
        pixels: the images.
        rows: (M,) which to measure.
        batch_size: B, as in training.
        augmentation: how views are made, None for the image itself.
        generator: of the views and of the batches' order.
        probes: which to take; every one by default.
        due: whether to measure now; otherwise every value is NaN.

    Returns:
        Column to (M,) values; empty where the objective has none.
    """
    chosen = of_views(module, registry() if probes is None else probes)
    if not chosen or not due:
        return {p.name: np.full(len(rows), np.nan, np.float32) for p in chosen}
    size = min(batch_size, len(rows))
    order = torch.randperm(len(rows), generator=generator).numpy()
    padded = np.concatenate([order, order[: -len(order) % size]])
    columns = {p.name: np.empty(len(rows), np.float32) for p in chosen}
    with eval_mode(module):
        for where in padded.reshape(-1, size)[::-1]:  # backwards: a first value overwrites a fill
            for name, value in _batch(module, pixels, rows[where], augmentation, generator, chosen):
                columns[name][where] = value
    return columns


def of_views(module: Objective, probes: Mapping[str, Probe]) -> list[Probe]:
    """Those probes that read views or gradients which an objective gives."""
    known = {*module.view_outputs, *(["gradients"] if module.gradient else [])}
    return [probe for probe in probes.values() if set(probe.outputs) <= known]


def _batch(
    module: Objective,
    pixels: Samples,
    rows: np.ndarray,
    augmentation: Views,
    generator: torch.Generator,
    probes: list[Probe],
) -> Iterator[tuple[str, np.ndarray]]:
    """The probes' values (B,) of one batch of views."""
    with_gradient = any("gradients" in p.outputs for p in probes)
    with processes.batch(len(rows)) as own:
        views = pixels.views(rows, module.views, augmentation, generator, own)
        with torch.set_grad_enabled(with_gradient):
            if with_gradient:
                views = [v.detach().requires_grad_() for v in views]
            outputs = module.measure_views(views, pixels.labels(rows))
        gradients = torch.autograd.grad(outputs["batch_loss"], views) if with_gradient else None
        for name, value in values_of(probes, outputs, gradients, len(rows)):
            yield name, value.cpu().numpy()


def values_of(
    probes: Iterable[Probe],
    outputs: dict[str, torch.Tensor],
    gradients: Sequence[torch.Tensor] | None,
    count: int,
) -> Iterator[tuple[str, torch.Tensor]]:
    """Values (B,) of each probe that a batch of views feeds, its gradients (b, C, H, W) a view.

    `count` is B; each process has the gradients of its share b of the batch.
    """
    if gradients is not None:
        stacked = torch.stack(tuple(gradients))
        # (V, b, C, H, W) of own rows, as if the loss were the mean over these alone
        scale = count / stacked.shape[1]
        outputs["gradients"] = stacked if scale == 1 else stacked * scale
    with torch.no_grad():
        for probe in (p for p in probes if set(p.outputs) <= set(outputs)):
            value = probe.function(*(outputs[name] for name in probe.outputs))
            value = processes.gathered(value) if "gradients" in probe.outputs else value
            yield probe.name, value.float()
