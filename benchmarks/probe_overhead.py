"""What measuring costs: one supervised run with all per-epoch probes against the same without.

    python benchmarks/probe_overhead.py [--network small_cnn] [--images 2048] [--plain]

Runs alternate; each ratio is the median over rounds, so that a busy machine disturbs both alike.
Occasional probes (gradients, searches; taken in one epoch, or at K checkpoints, of a run) are
no per-epoch cost: the seconds of each for all images are printed beside, and in epochs of
training. Images are cropped and flipped in training as in the CIFAR-10 studies, or, with
--plain, not at all. Random images of side x side x 3 on the device that `auto` finds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch

from hardrare import networks
from hardrare.augmentation import Augmentation
from hardrare.objectives import supervised
from hardrare.probes import occasional
from hardrare.training import Callbacks, Pixels, Recorder, Settings, resolve_device, single, train
from hardrare.training.probing import Moment, Probing, measure_occasional

AUGMENTATION = Augmentation(
    min_scale=0.6, flip=0.5, degrees=0.0, brightness=0.0, contrast=0.0, saturation=0.0,
    hue=0.0, grayscale=0.0, solarise=0.0,
)  # fmt: skip
CLASSIFIER = {"module", "images", "label", "features", "logits"}  # what a classifier gives


def seconds(call: Callable[[], object], device: torch.device) -> float:
    """Wall seconds of one call, the device's queue emptied."""
    started = time.perf_counter()
    call()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started


def alternating(given: argparse.Namespace, pixels: Pixels) -> tuple[float, float]:
    """Median seconds of a run without probes and with all of every epoch."""
    augmentation = None if given.plain else AUGMENTATION
    options = supervised.Settings(given.network, "adamw", 1e-3, 5e-4, augmentation)
    settings = Settings(given.epochs, given.batch, "cosine", "auto", given.device, 0)

    def run(recorder: Recorder | None) -> None:
        train(supervised, options, settings, single(len(pixels)), pixels, 0, Callbacks(recorder))

    def recorded() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "dynamics.arrow"
            with Recorder(path, np.arange(len(pixels))) as recorder:
                run(recorder)

    times: tuple[list[float], list[float]] = ([], [])
    for round_number in range(given.rounds + 1):
        pair = [seconds(lambda: run(None), pixels.device), seconds(recorded, pixels.device)]
        if round_number:  # the first warms up
            for one, spent in zip(times, pair, strict=True):
                one.append(spent)
    return median(times[0]), median(times[1])


def occasional_costs(given: argparse.Namespace, pixels: Pixels) -> dict[str, float]:
    """Seconds of each occasional probe of a classifier for all images, by name."""
    options = supervised.Settings(given.network, "adamw", 1e-3, 5e-4, None)
    network = networks.build(given.network, pixels.data.shape)
    module = supervised.build(options, network, pixels.data).to(pixels.device)
    module = module.to(memory_format=torch.channels_last)
    rows, moment, costs = np.arange(len(pixels)), Moment(0, 0, 0, 1), {}
    for name, one in occasional.registry().items():
        if set(one.outputs) <= CLASSIFIER:
            probing = Probing((), (name,), 1)
            call = (module, pixels, rows, probing, moment)
            costs[name] = seconds(lambda c=call: measure_occasional(*c, {}), pixels.device)
    return costs


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--network", default="small_cnn")
    parser.add_argument("--images", type=int, default=2048)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--plain", action="store_true", help="train without augmentation")
    parser.add_argument("--per-epoch-only", action="store_true")
    given = parser.parse_args()
    shape = (given.images, given.side, given.side, 3)
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    pixels = Pixels(image, np.arange(given.images) % 10, resolve_device(given.device))
    without, probed = alternating(given, pixels)
    print(
        f"{given.network} {given.side}x{given.side}, {given.images} images, {pixels.device.type}: "
        f"{without:.2f} s without, {probed:.2f} s with all per-epoch probes, "
        f"ratio {probed / without:.3f}"
    )
    if not given.per_epoch_only:
        epoch = without / given.epochs
        for name, spent in occasional_costs(given, pixels).items():
            print(f"  {name:22s} {spent:7.2f} s = {spent / epoch:5.2f} epochs of training")


if __name__ == "__main__":
    main()
