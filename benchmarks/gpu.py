"""What training makes of a device, in one call of under three minutes.

    python benchmarks/gpu.py [--seconds 170] [--json gpu.json]

Barlow Twins on random images of 32x32, as far as the seconds go, the most telling first:

- images a second of this loop, with nothing measured, with everything measured after each epoch
  and with what the step itself tells, and the ratio to the first study's plain loop;
- the share of a step that the network takes (forward, backward, optimizer; views that are there);
- how often a step makes the host wait for the GPU, of which there should be none;
- the same step of the network captured as a CUDA graph: what capturing would gain;
- ten small networks together (`torch.func.vmap`) against one after the other.

Written to be run where a GPU is lent; on a CPU it does the same with what there is.
"""

import argparse
import json
import platform
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from many_networks import compared
from train_throughput import options, ours, plain

from hardrare.objectives import barlow_twins
from hardrare.training import Pixels, Settings, resolve_device
from hardrare.training.settings import autocast
from hardrare.training.trainee import Trainee, build_trainee, start_phase, train_epoch

REPEATS = 3


class Work:
    """One network's images, settings and device."""

    def __init__(self, given: argparse.Namespace, network: str) -> None:
        shape = (given.images, given.side, given.side, 3)
        self.image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        self.network, self.batch, self.device = network, given.batch, resolve_device(given.device)
        self.options = options(network)
        self.settings = Settings(1, given.batch, "constant", "auto", str(self.device), 0)
        self.pixels = Pixels(self.image, None, self.device)
        self.rows = np.arange(given.images)
        self.steps = given.images // given.batch

    def trainee(self) -> Trainee:
        """A network that has taken a few steps."""
        made = build_trainee(barlow_twins, self.options, self.pixels, [0, 0])
        start_phase(made, self.rows, self.settings, self.options, None)
        self.epoch(made, min(self.steps, 3))
        return made

    def epoch(self, trainee: Trainee, steps: int) -> None:
        """Some steps of the loop."""
        given = self.rows, self.settings, self.options, self.pixels, steps
        train_epoch(trainee, *given)

    def seconds(self, call: Callable[[], object]) -> float:
        """Wall seconds of a call, the device's queue emptied before and after; the least of 3."""
        spent = []
        for _ in range(REPEATS):
            self.wait()
            started = time.perf_counter()
            call()
            self.wait()
            spent.append(time.perf_counter() - started)
        return min(spent)

    def wait(self) -> None:
        """Until the device has done all that it was told."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def throughput(work: Work) -> Iterator[tuple[str, float]]:
    """Images a second of each way to train, and ratios to the plain one."""
    size, device = work.steps * work.batch, str(work.device)
    given = work.image, work.network, work.batch
    ours(work.image[: 2 * work.batch], *given[1:], 1, device, probes=True)  # warms up
    ways = {
        "no_probes": lambda epochs: ours(*given, epochs, device, probes=False),
        "all_probes": lambda epochs: ours(*given, epochs, device, probes=True),
        "in_step": lambda epochs: ours(*given, epochs, device, probes=True, when="in_step"),
        "plain": lambda epochs: plain(*given, epochs, device),
    }
    found = {}
    for name, run in ways.items():  # what is made once is in both, and so in neither
        once = run(1)
        found[name] = size / max(run(2) - once, 1e-9)
        yield f"{name}_images_per_second", found[name]
    for name in ("no_probes", "all_probes", "in_step"):
        yield f"{name}_over_plain", found[name] / found["plain"]


def share_of_network(work: Work) -> Iterator[tuple[str, float]]:
    """The share of a step's time that the network takes."""
    trainee = work.trainee()
    steps = min(work.steps, 20)
    views = work.pixels.views(work.rows[: work.batch], 2, work.options.augmentation, trainee.views)

    def network() -> None:
        for _ in range(steps):
            with autocast(work.device, "auto"):
                loss = trainee.module.loss(views, None)
            trainee.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            trainee.optimizer.step()

    whole, alone = work.seconds(lambda: work.epoch(trainee, steps)), work.seconds(network)
    yield "milliseconds_a_step", whole / steps * 1e3
    yield "share_of_network", alone / whole


def waits(work: Work) -> Iterator[tuple[str, float]]:
    """How often a step makes the host wait for the GPU; nothing on a CPU."""
    if work.device.type != "cuda":
        return
    trainee, steps = work.trainee(), min(work.steps, 10)
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            work.epoch(trainee, steps)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    told = [str(one.message) for one in heard if "synchroniz" in str(one.message)]
    yield "waits_a_step", len(told) / steps


def captured(work: Work) -> Iterator[tuple[str, float]]:
    """How many times as fast the network's step is as a CUDA graph; nothing on a CPU."""
    if work.device.type != "cuda":
        return
    module = work.trainee().module
    optimizer = torch.optim.Adam(module.parameters(), 1e-3, fused=True, capturable=True)
    views = work.pixels.views(
        work.rows[: work.batch], 2, work.options.augmentation, torch.Generator()
    )

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        with autocast(work.device, "auto"):
            loss = module.loss(views, None)
        loss.backward()
        optimizer.step()

    aside = torch.cuda.Stream()
    with torch.cuda.stream(aside):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(aside)
    eager = work.seconds(step)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    yield "gain_of_a_graph", eager / work.seconds(graph.replay)


def many(work: Work) -> Iterator[tuple[str, float]]:
    """How many times as fast ten small networks are together."""
    row = compared(10, 8, 64, work.device, rounds=2)
    yield "gain_of_ten_together", row["gain"]
    yield "mean_difference_of_a_weight", row["differ"]


def hardware(device: torch.device) -> str:
    """What it ran on."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()}, {torch.get_num_threads()} threads"


def main(words: list[str] | None = None) -> dict[str, Any]:
    """The command line; gives what was told."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--networks", nargs="+", default=["resnet18", "small_cnn"])
    parser.add_argument("--images", type=int, default=20480)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seconds", type=float, default=170, help="none begins a part after these")
    parser.add_argument("--json", type=Path)
    given, started = parser.parse_args(words), time.perf_counter()
    told: dict[str, Any] = {"device": hardware(resolve_device(given.device))}
    told |= {"torch": torch.__version__}
    print(told, flush=True)
    parts = (share_of_network, waits, captured, throughput)
    works = {network: Work(given, network) for network in given.networks}
    todo = [(name, part, work) for name, work in works.items() for part in parts]
    for name, part, work in [*todo, ("small_cnn", many, next(iter(works.values())))]:
        if time.perf_counter() - started > given.seconds:
            told.setdefault("left_out", []).append(f"{name} {part.__name__}")
            continue
        for key, value in part(work):
            told[f"{name} {key}"] = value
            print(f"{name:12} {key:34} {value:10.4g}", flush=True)
    told["seconds"] = time.perf_counter() - started
    if given.json:
        given.json.write_text(json.dumps(told))
    return told


if __name__ == "__main__":
    main()
