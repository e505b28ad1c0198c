"""Which probes a run takes in which epoch, and the occasional ones as they are taken."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from hardrare import probes, processes
from hardrare.errors import InputError
from hardrare.objectives import Objective
from hardrare.probes import occasional
from hardrare.probes.occasional import Occasional
from hardrare.training.measure import block_size, eval_mode
from hardrare.training.samples import Samples

TIMES = re.compile(r"after_epoch|in_step|every_([1-9]\d*)")
BLOCK = 256  # samples whose activations and gradients are held at once, at most


@dataclass(frozen=True)
class Moment:
    """The end of an epoch: seed of the run, phase and epoch from 0, epochs of the phase."""

    seed: int
    phase: int
    epoch: int
    epochs: int

    @property
    def last(self) -> bool:
        """Whether it is the phase's last epoch."""
        return self.epoch == self.epochs - 1

    def generator(self, *more: int) -> torch.Generator:
        """A generator that belongs to this moment and some further numbers."""
        key = [self.seed, self.phase, self.epoch, *more]
        return torch.Generator().manual_seed(int(np.random.SeedSequence(key).generate_state(1)[0]))


@dataclass(frozen=True)
class Probing:
    """What a run measures.

    Attributes:
        every: names of the probes taken after every epoch, None for all that the objective
            feeds. If there are none, epochs before the last take no clean pass.
        occasional: names of the occasional probes.
        checkpoints: K, of the probes taken at checkpoints.
        snapshot_every: after how many epochs the features of all samples are kept, beside those
            of the last epoch; 0 = only those. Features of several networks share no space:
            of them none are kept.
        measure: when what needs views or gradients is measured: `after_epoch`; `every_<k>`, after
            each k-th epoch and the last, NaN in the others; `in_step`, by the training step
            itself, in train mode and by the weights of that step, NaN where an epoch left a
            sample out.

    Raises:
        InputError: there is no such time, or no probe of a name.
    """

    every: tuple[str, ...] | None = None
    occasional: tuple[str, ...] = ()
    checkpoints: int = 5
    snapshot_every: int = 0
    measure: str = "after_epoch"

    def __post_init__(self) -> None:
        """Refuse numbers of epochs that are none."""
        if self.snapshot_every < 0:
            raise InputError(f"snapshot_every is {self.snapshot_every}, it must be 0 or more.")
        if not TIMES.fullmatch(self.measure):
            known = "after_epoch, in_step, or every_5 for each fifth epoch"
            raise InputError(f"measure is {self.measure}; give {known}.")

    @property
    def in_step(self) -> bool:
        """Whether the training step itself tells what needs views or gradients."""
        return self.measure == "in_step"

    def views_due(self, moment: Moment) -> bool:
        """Whether what needs views or gradients is measured at a moment, the end of an epoch."""
        every = int(TIMES.fullmatch(self.measure)[1] or 1)
        return moment.last or (moment.epoch + 1) % every == 0

    def each(self) -> dict[str, probes.Probe]:
        """The probes of every epoch."""
        known = probes.registry()
        for name in self.every or ():
            if name not in known:
                raise InputError(f"unknown probe {name!r}; known are {', '.join(known)}.")
        return known if self.every is None else {name: known[name] for name in self.every}

    def due(self, moment: Moment) -> list[Occasional]:
        """The occasional probes that are taken at a moment."""
        return [
            probe
            for probe in occasional.chosen(self.occasional)
            if moment.epoch in occasional.epochs(probe.when, moment.epochs, self.checkpoints)
        ]


@dataclass
class Running:
    """Mean and summed squared deviation (M, ...) over checkpoints, by Welford's update.

    By blocks of `rows`, of which each process has its share.
    """

    count: int = 0
    rows: dict[int, int] = field(default_factory=dict)
    mean: dict[int, torch.Tensor] = field(default_factory=dict)
    squares: dict[int, torch.Tensor] = field(default_factory=dict)

    def add(self, start: int, rows: int, values: torch.Tensor) -> None:
        """Own values (b, ...) of a block of rows from `start` on, at checkpoint number `count`."""
        values, self.rows[start] = values.cpu(), rows
        if start not in self.mean:
            self.mean[start], self.squares[start] = values * 0, values * 0
        step = values - self.mean[start]
        self.mean[start] += step / self.count
        self.squares[start] += step * (values - self.mean[start])

    def state(self) -> dict[str, Any]:
        """What `of` takes: blocks as a whole, in the first process."""
        blocks = {name: getattr(self, name) for name in ("mean", "squares")}
        whole = {
            name: {
                k: processes.whole(values)[: self.rows[k]].cpu() for k, values in sorted(of.items())
            }
            for name, of in blocks.items()
        }
        return {"count": self.count, "rows": self.rows, **whole}

    @classmethod
    def of(cls, state: dict[str, Any]) -> "Running":
        """As it was at a `state`, with this process's share of each block."""
        own = {
            name: {k: values[processes.share(len(values))] for k, values in state[name].items()}
            for name in ("mean", "squares")
        }
        return cls(state["count"], state["rows"], **own)

    def deviation(self) -> torch.Tensor:
        """Population deviation of each entry, then the mean over entries: (M,)."""
        blocks = [(self.squares[s] / self.count).clamp(min=0).sqrt() for s in sorted(self.squares)]
        return torch.cat([b.flatten(1).mean(1) for b in blocks])


def measure_occasional(
    module: Objective,
    pixels: Samples,
    rows: np.ndarray,
    probing: Probing,
    moment: Moment,
    running: dict[str, Running],
    member: int = 0,
    prefix: str = "",
) -> dict[str, np.ndarray]:
    """Every occasional probe of some rows; NaN where a probe is not due or not yet complete.

    Args:
        module: the objective.
        pixels: the images, with labels.
        rows: (M,) which to measure.
        probing: what the run measures.
        moment: when.
        running: what probes at checkpoints have gathered so far, by prefix and name;
            changed here.
        member: the number of the network, for the dropout masks' seed.
        prefix: tells the rows apart from others that the same network measures.

    Returns:
        Column to (M,) float32 values.
    """
    due = probing.due(moment)
    columns = {name: np.full(len(rows), np.nan, np.float32) for name in probing.occasional}
    spread = {probe.name: prefix + probe.name for probe in due if probe.when == "checkpoints"}
    for name in spread.values():
        running.setdefault(name, Running()).count += 1
    size = min(block_size(pixels), BLOCK)
    with eval_mode(module), torch.random.fork_rng(_gpus(pixels)):
        torch.manual_seed(moment.generator(member, 8).initial_seed())
        for start in range(0, len(rows) if due else 0, size):
            block = slice(start, start + size)
            many = len(rows[block])
            with processes.batch(many) as own:
                outputs = _outputs(module, pixels, rows[block][own], due)
            for probe in due:
                value = probe.function(*(outputs[name] for name in probe.outputs)).detach()
                if probe.name in spread:
                    running[spread[probe.name]].add(start, many, value)
                else:
                    columns[probe.name][block][own] = value.float().cpu().numpy()
    places = processes.places(len(rows), size)
    for name, full in spread.items() if moment.last else ():  # a checkpoint is always due then
        columns[name][places] = running[full].deviation().numpy()
    processes.filled(columns if due else {}, places)
    for probe in due:
        _say_success(probe, columns[probe.name])
    return columns


def _say_success(probe: Occasional, values: np.ndarray) -> None:
    """Of an attack: how often it changed the class."""
    if probe.never is not None and processes.first():
        rate = (values < probe.never).mean()
        print(f"{probe.name}: the class of {rate:.1%} of {len(values)} images changed", flush=True)


def _gpus(pixels: Samples) -> list[torch.device]:
    return [pixels.device] if pixels.device.type == "cuda" else []


def _outputs(
    module: Objective, pixels: Samples, rows: np.ndarray, due: list[Occasional]
) -> dict[str, torch.Tensor | Objective]:
    """What the probes that are due read, of a block of rows."""
    asked = {name for probe in due for name in probe.outputs}
    images, label = pixels.batch(rows), pixels.labels(rows)
    outputs = {"module": module, "images": images, "label": label}
    with torch.no_grad():
        if asked & {"features", "logits"}:
            outputs |= module.measure(images, label)
        if "log_probabilities" in asked:
            outputs["log_probabilities"] = module.log_probabilities(images)
    return outputs
