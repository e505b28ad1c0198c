"""Whether many small networks are trained faster together than one after the other.

    python benchmarks/many_networks.py [--networks 1 2 5 10] [--side 8] [--threads 1 2] [--json F]

`small_cnn` classifiers with weights, batches and AdamW states of their own, for the same steps:

- `alone`: one after the other;
- `vmap`: weights stacked by `torch.func.stack_module_state`, one call by `torch.func.vmap`, one
  optimizer for all of them. The weights that come out are compared with those of `alone`.

Milliseconds a step of one network, the least of several rounds, in turns, so that a busy machine
disturbs both alike.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F

from hardrare import networks
from hardrare.objectives import Data, supervised

STEPS, ROUNDS, CLASSES = 4, 5, 10


def modules(count: int, side: int, device: torch.device) -> list[nn.Module]:
    """Classifiers of images side x side, each with weights of its own."""
    data, made = Data((1, side, side), (0.5,), (0.3,), CLASSES), []
    options = supervised.Settings("small_cnn", "adamw", 1e-3, 5e-4, None)
    for seed in range(count):
        torch.manual_seed(seed)
        made.append(supervised.build(options, networks.build("small_cnn", data.shape), data))
    return [one.to(device).train() for one in made]


def batches(count: int, side: int, size: int, device: torch.device):
    """Images (steps, networks, B, 1, side, side) and labels (steps, networks, B)."""
    drawn = torch.Generator().manual_seed(0)
    images = torch.rand(STEPS, count, size, 1, side, side, generator=drawn)
    return images.to(device), torch.randint(CLASSES, (STEPS, count, size), generator=drawn).to(
        device
    )


def alone(given: list[nn.Module], images: torch.Tensor, label: torch.Tensor) -> Callable[[], None]:
    """Trains one after the other."""
    given = [one.to(memory_format=torch.channels_last) for one in given]
    steps = [torch.optim.AdamW(one.parameters(), 1e-3, fused=True) for one in given]

    def run() -> None:
        for at, (module, optimizer) in enumerate(zip(given, steps, strict=True)):
            for seen, known in zip(images[:, at], label[:, at], strict=True):
                optimizer.zero_grad(set_to_none=True)
                F.cross_entropy(module(seen), known).backward()
                optimizer.step()

    return run


def together(given: list[nn.Module], images: torch.Tensor, label: torch.Tensor):
    """Trains all in one call; gives the stacked weights, too."""
    weights, buffers = stack_module_state(given)
    weights = {name: one.detach().requires_grad_() for name, one in weights.items()}
    optimizer = torch.optim.AdamW(weights.values(), 1e-3, fused=True)

    def logits(own: dict, kept: dict, seen: torch.Tensor) -> torch.Tensor:
        return functional_call(given[0], (own, kept), (seen,))

    def run() -> None:
        for seen, known in zip(images, label, strict=True):
            optimizer.zero_grad(set_to_none=True)
            made = vmap(logits)(weights, buffers, seen)
            loss = F.cross_entropy(made.flatten(0, 1), known.flatten()) * len(given)
            loss.backward()
            optimizer.step()

    return run, weights


def seconds(run: Callable[[], None], device: torch.device) -> float:
    """Processor seconds of a call on a CPU, wall seconds on a GPU."""
    clock = time.perf_counter if device.type == "cuda" else time.process_time
    started = clock()
    run()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return clock() - started


def apart(given: list[nn.Module], stacked: dict[str, torch.Tensor]) -> float:
    """The mean difference of a weight: the largest is a step, where Adam divides noise by noise."""
    differ = [
        (own - stacked[name][at]).detach().abs().flatten()
        for at, module in enumerate(given)
        for name, own in module.named_parameters()
    ]
    return float(torch.cat(differ).mean())


def compared(count: int, side: int, size: int, device: torch.device, rounds: int = ROUNDS) -> dict:
    """Milliseconds a step of one network of both ways, and how far weights are apart."""
    first, second = (modules(count, side, device) for _ in range(2))
    given = batches(count, side, size, device)
    run, weights = together(second, *given)
    ways = {"alone": alone(first, *given), "vmap": run}
    for one in ways.values():  # warms up
        one()
    differ, least = apart(first, weights), dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, one in ways.items():
            least[name] = min(least[name], seconds(one, device))
    each = {name: spent / count / STEPS * 1e3 for name, spent in least.items()}
    return {"networks": count, **each, "gain": each["alone"] / each["vmap"], "differ": differ}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--networks", type=int, nargs="+", default=[1, 2, 5, 10])
    parser.add_argument("--side", type=int, default=8)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path)
    given, told = parser.parse_args(), []
    for threads in given.threads:
        torch.set_num_threads(threads)
        for count in given.networks:
            row = compared(count, given.side, given.batch, torch.device(given.device))
            told.append({"threads": threads, **row})
            print(", ".join(f"{k} {v:.3g}" for k, v in told[-1].items()), flush=True)
    if given.json:
        given.json.write_text(json.dumps(told))


if __name__ == "__main__":
    main()
