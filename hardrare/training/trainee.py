"""One network at work: its weights, its generators, its optimizer, one epoch at a time."""

from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from hardrare import networks, processes
from hardrare.objectives import Objective
from hardrare.training.convolutions import quick
from hardrare.training.optimizers import build_optimizer, build_scheduler
from hardrare.training.probing import Running
from hardrare.training.samples import ALL, Samples
from hardrare.training.settings import Settings, autocast
from hardrare.training.step_probes import StepProbes
from hardrare.training.synced import synced


@dataclass
class Trainee:
    """A member at work: its network and the generators that its training draws from."""

    module: Objective
    order: np.random.Generator
    views: torch.Generator
    previous: dict[str, torch.Tensor] = field(default_factory=dict)  # features one epoch before
    running: dict[str, Running] = field(default_factory=dict)
    optimizer: Optimizer | None = None
    scheduler: LRScheduler | None = None
    step_probes: StepProbes | None = None  # of its training steps

    @property
    def generators(self) -> list[torch.Generator]:
        """The generators of torch that training draws from, the network's own among them."""
        parts = [vars(layer).values() for layer in self.module.modules()]
        own = [g for values in parts for g in values if isinstance(g, torch.Generator)]
        return [self.views, *own]

    def state(self, done: bool = False) -> dict[str, Any]:
        """All that training from here on depends on: tensors, numbers and texts.

        Where it is `done`, the network alone.
        """
        if done:
            return {"module": self.module.state_dict()}
        return {
            "module": self.module.state_dict(),
            "order": self.order.bit_generator.state,
            "generators": [generator.get_state() for generator in self.generators],
            "previous": {k: processes.on_first(value) for k, value in self.previous.items()},
            "running": {name: total.state() for name, total in self.running.items()},
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state` of a trainee that was built and begun alike."""
        self.module.load_state_dict(state["module"])
        if "order" not in state:
            return
        self.order.bit_generator.state = state["order"]
        for generator, kept in zip(self.generators, state["generators"], strict=True):
            generator.set_state(kept)
        device = next(self.module.parameters()).device
        own = {
            name: value[processes.share(len(value))] for name, value in state["previous"].items()
        }
        self.previous = {name: value.to(device) for name, value in own.items()}
        self.running = {name: Running.of(kept) for name, kept in state["running"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])


def build_trainee(objective: ModuleType, options: Any, pixels: Samples, key: list[int]) -> Trainee:  # noqa: ANN401
    """A member's network, its weights drawn from its own key or, of the backbone, given."""
    seeds = np.random.SeedSequence(key).generate_state(3)
    torch.manual_seed(int(seeds[0]))
    data = pixels.data
    channels, *sides = data.shape
    shape = (channels * options.images_at_once, *sides)
    if options.weights is None:
        network = networks.build(options.network, shape, **options.network_options)
    else:  # what it learnt from was normalised otherwise than these images would be
        network, expected = networks.pretrained(options.network, shape, options.weights)
        data = replace(data, mean=expected.mean, std=expected.std)
    module = quick(synced(objective.build(options, network, data).to(pixels.device)))
    module = module.to(memory_format=torch.channels_last)
    views = torch.Generator().manual_seed(int(seeds[1]))
    return Trainee(module.train(), np.random.default_rng(int(seeds[2])), views)


def steps_per_epoch(n: int, batch_size: int) -> int:
    """Equal batches in one pass over n samples: n // B, at least 1."""
    return max(n // batch_size, 1)


def start_phase(
    trainee: Trainee,
    rows: np.ndarray,
    settings: Settings,
    options: Any,  # noqa: ANN401
    steps: int | None,
) -> range:
    """A fresh optimizer and scheduler for a phase; returns the first step of each epoch."""
    each = steps_per_epoch(len(rows), settings.batch_size)
    total = settings.epochs * each if steps is None else steps
    rates = options.learning_rate, options.weight_decay
    trainee.optimizer = build_optimizer(options.optimizer, trainee.module.parameters(), *rates)
    trainee.scheduler = build_scheduler(settings.schedule, trainee.optimizer, total)
    return range(0, total, each)


def train_epoch(
    trainee: Trainee,
    rows: np.ndarray,
    settings: Settings,
    options: Any,  # noqa: ANN401
    pixels: Samples,
    count: int,
) -> torch.Tensor:
    """`count` equal batches of a fresh permutation of rows; returns their losses (count,)."""
    module, size = trainee.module, min(settings.batch_size, len(rows))
    order = rows[trainee.order.permutation(len(rows))]
    losses, probes = [], trainee.step_probes
    if probes:
        probes.reset()
    for batch in order[: count * size].reshape(count, size):
        with processes.batch(size) as own:
            asked = module.views, options.augmentation, trainee.views
            views = pixels.views(batch, *asked, ALL if module.mixes else own)
            with autocast(pixels.device, settings.precision):
                loss = (probes or module).loss(views, pixels.labels(batch))
            trainee.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            if probes:
                probes.record(batch)
        processes.add_gradients(module)
        trainee.optimizer.step()
        trainee.scheduler.step()
        module.after_step()
        losses.append(loss.detach())
    return torch.stack(losses)
