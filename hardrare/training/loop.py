"""The one loop: every network of hardrare is trained here.

Top to bottom: build the members, then for each phase and epoch train every
member on its rows and, if there is a recorder, measure every sample.
"""

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from hardrare import networks
from hardrare.errors import InputError
from hardrare.training.measure import make_view, measure, measure_views
from hardrare.training.pixels import Pixels
from hardrare.training.plan import Plan
from hardrare.training.probing import Moment, Probing, Running, measure_occasional
from hardrare.training.progress import Progress
from hardrare.training.recorder import Recorder
from hardrare.training.repeats import measure_repeats
from hardrare.training.schedule import optimiser, schedule
from hardrare.training.settings import Settings, autocast

ALL = Probing()


@dataclass
class Trainee:
    """A member at work: its network and the generators that its training draws from."""

    module: nn.Module
    order: np.random.Generator
    views: torch.Generator
    previous: torch.Tensor | None = None
    running: dict[str, Running] = field(default_factory=dict)
    step_rule: Optimizer | None = None
    rate_rule: LRScheduler | None = None


def train(
    objective: ModuleType,
    options: Any,  # noqa: ANN401 - the objective's own Settings
    settings: Settings,
    plan: Plan,
    pixels: Pixels,
    seed: int,
    recorder: Recorder | None = None,
    title: str = "train",
    steps: int | None = None,
    probing: Probing = ALL,
) -> tuple[list[nn.Module], np.ndarray | None]:
    """Train every member of a plan; measure every sample after every epoch.

    Args:
        objective: a module of `hardrare.objectives`.
        options: its settings.
        settings: of the loop.
        plan: who is trained on what.
        pixels: the images.
        seed: of weights, order and views.
        recorder: where statistics go; None trains without measuring.
        title: of the run, in its progress.
        steps: stop after this many steps of each phase instead of `settings.epochs`.
        probing: which statistics; those that the objective feeds after every epoch by default.

    Returns:
        The trained modules, and features (N, D) of the last epoch (None without recorder).

    Raises:
        InputError: the loss is not finite; names the epoch.
    """
    trainees = [_build(objective, options, pixels, [seed, i]) for i in range(len(plan.members))]
    progress, features = None, None
    for phase in range(plan.phases):
        rows = [member.trained_on[phase] for member in plan.members]
        firsts = [
            _begin(t, r, settings, options, steps) for t, r in zip(trainees, rows, strict=True)
        ]
        epochs = max(map(len, firsts))
        progress = progress or Progress(title, epochs * plan.phases)
        for epoch in range(epochs):
            losses = []
            for trainee, own, starts in zip(trainees, rows, firsts, strict=True):
                if epoch < len(starts):
                    count = min(starts.step, starts.stop - starts[epoch])
                    losses.append(_epoch(trainee, own, settings, options, pixels, count))
            if not np.isfinite(losses).all():
                found = f"the loss became {losses[0]} in epoch {epoch}"
                raise InputError(f"{found}; lower its learning_rate.")
            if recorder is not None:
                moment = Moment(seed, phase, epoch, epochs)
                columns, features = _measure(
                    plan, trainees, pixels, settings, options, moment, probing
                )
                recorder.record(phase, columns)
            progress.epoch(float(np.mean(losses)), sum(map(len, rows)))
    progress.close()
    return [t.module for t in trainees], features


def _build(objective: ModuleType, options: Any, pixels: Pixels, key: list[int]) -> Trainee:  # noqa: ANN401
    """A member's network with weights drawn from its own key."""
    seeds = np.random.SeedSequence(key).generate_state(3)
    torch.manual_seed(int(seeds[0]))
    data = pixels.data
    extra = getattr(options, "network_options", {})
    channels, *sides = data.shape
    shape = (channels * getattr(options, "inputs", 1), *sides)
    network = networks.build(options.network, shape, **extra)
    module = objective.build(options, network, data).to(pixels.device)
    module = module.to(memory_format=torch.channels_last)
    views = torch.Generator().manual_seed(int(seeds[1]))
    return Trainee(module.train(), np.random.default_rng(int(seeds[2])), views)


def steps_per_epoch(n: int, batch_size: int) -> int:
    """Equal batches in one pass over n samples: n // B, at least 1."""
    return max(n // batch_size, 1)


def _begin(
    trainee: Trainee,
    rows: np.ndarray,
    settings: Settings,
    options: Any,  # noqa: ANN401
    steps: int | None,
) -> range:
    """A fresh optimiser and schedule for a phase; returns the first step of each epoch."""
    each = steps_per_epoch(len(rows), settings.batch_size)
    total = settings.epochs * each if steps is None else steps
    rates = options.learning_rate, options.weight_decay
    trainee.step_rule = optimiser(options.optimiser, trainee.module.parameters(), *rates)
    trainee.rate_rule = schedule(settings.schedule, trainee.step_rule, total)
    return range(0, total, each)


def _epoch(
    trainee: Trainee,
    rows: np.ndarray,
    settings: Settings,
    options: Any,  # noqa: ANN401
    pixels: Pixels,
    count: int,
) -> float:
    """`count` equal batches of a fresh permutation of rows; returns their mean loss."""
    module, size = trainee.module, min(settings.batch_size, len(rows))
    order = rows[trainee.order.permutation(len(rows))]
    loss_sum = torch.zeros((), device=pixels.device)
    after_step = getattr(module, "after_step", lambda: None)
    for batch in order[: count * size].reshape(count, size):
        images, label = pixels.batch(batch), pixels.labels(batch)
        views = [
            make_view(images, options.augmentation, trainee.views) for _ in range(module.views)
        ]
        with autocast(pixels.device, settings.precision):
            loss = module.loss(views, label)
        trainee.step_rule.zero_grad(set_to_none=True)
        loss.backward()
        trainee.step_rule.step()
        trainee.rate_rule.step()
        after_step()
        loss_sum += loss.detach()
    return float(loss_sum) / count


def _measure(
    plan: Plan,
    trainees: list[Trainee],
    pixels: Pixels,
    settings: Settings,
    options: Any,  # noqa: ANN401
    moment: Moment,
    probing: Probing,
) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
    """Every sample by the member that owns it: columns (N,), features (N, D)."""
    merged: dict[str, np.ndarray] = {}
    features = None
    for i, (member, trainee) in enumerate(zip(plan.members, trainees, strict=True)):
        module, rows, each = trainee.module, member.measures, probing.each()
        columns = {}
        if each or moment.last:
            columns, now = measure(module, pixels, rows, trainee.previous, each)
            trainee.previous = now
            if features is None:
                features = np.empty((len(pixels), now.shape[1]), np.float32)
            features[rows] = now.cpu().numpy()
        how = options.augmentation, moment.generator(i, 7)
        columns |= measure_views(module, pixels, rows, settings.batch_size, *how, each)
        if pixels.label is None:
            columns |= measure_repeats(module, pixels, rows, *how, due=moment.last)
        columns |= measure_occasional(module, pixels, rows, probing, moment, trainee.running, i)
        for name, values in columns.items():
            merged.setdefault(name, np.empty(len(pixels), values.dtype))[rows] = values
    return merged, features
