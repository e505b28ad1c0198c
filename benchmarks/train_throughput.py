"""Images per second of Barlow Twins training: this loop, and the first study's plain one.

    python benchmarks/train_throughput.py [--images 2048] [--batch 256] [--epochs 2]

Same images, network and batch, in one run:

- `all probes`: this loop, every statistic of every sample after every epoch (what is taken once,
  after the last epoch, is printed apart);
- `in step`: the same, what needs views or gradients told by the training step (`measure: in_step`);
- `no probes`: this loop alone;
- `plain`: lightly's per-image transforms in a DataLoader without workers, the gradient of both
  views at every step, and a second forward pass in eval mode per step.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from lightly.transforms import BYOLTransform, BYOLView1Transform, BYOLView2Transform
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from hardrare import networks
from hardrare.augmentation import Augmentation
from hardrare.objectives import barlow_twins
from hardrare.training import (
    Callbacks,
    Pixels,
    Probing,
    Recorder,
    Settings,
    resolve_device,
    single,
    train,
)  # fmt: skip

AUGMENTATION = Augmentation(
    min_scale=0.08, flip=0.5, degrees=0.0, brightness=0.4, contrast=0.4, saturation=0.2,
    hue=0.1, grayscale=0.2, solarise=0.1,
)  # fmt: skip


class Plain(Dataset):
    """Images as PIL, two views by lightly's transforms without blur, sample by sample."""

    def __init__(self, image: np.ndarray) -> None:
        side = image.shape[1]
        one = BYOLView1Transform(input_size=side, gaussian_blur=0.0)
        two = BYOLView2Transform(input_size=side, gaussian_blur=0.0)
        self.image, self.transform = image, BYOLTransform(one, two)

    def __len__(self) -> int:
        return len(self.image)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        image = Image.fromarray(self.image[i])
        first, second = self.transform(image)
        clean = torch.from_numpy(self.image[i]).permute(2, 0, 1).float() / 255
        return first, second, clean


def options(network: str) -> barlow_twins.Settings:
    """The study's head at full size for ResNet-18, a small one for small networks."""
    size = 2048 if network.startswith("resnet") else 256
    return barlow_twins.Settings(
        network=network, optimizer="adam", learning_rate=1e-3, weight_decay=1e-6,
        hidden_size=size, output_size=size, off_diagonal=5e-3, augmentation=AUGMENTATION,
    )  # fmt: skip


def ours(
    image: np.ndarray, network: str, batch: int, epochs: int, device: str, probes: bool,
    when: str = "after_epoch",
) -> float:  # fmt: skip
    """Seconds of this loop for all epochs; `when` views are measured, as `Probing` has it."""
    settings = Settings(epochs, batch, "cosine", "auto", device, 0)
    pixels = Pixels(image, None, resolve_device(device))
    plan, ids = single(len(pixels)), np.arange(len(image))
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        if probes:
            with Recorder(Path(folder) / "dynamics.arrow", ids) as recorder:
                how = Callbacks(recorder, Probing(measure=when))
                train(barlow_twins, options(network), settings, plan, pixels, 0, how)
        else:
            train(barlow_twins, options(network), settings, plan, pixels, 0)
        return time.perf_counter() - started


def plain(image: np.ndarray, network: str, batch: int, epochs: int, device: str):
    """Seconds of the plain loop for all epochs."""
    pixels = Pixels(image, None, resolve_device(device))
    backbone = networks.build(network, pixels.data.shape)
    module = barlow_twins.build(options(network), backbone, pixels.data).to(pixels.device)
    optimizer = torch.optim.Adam(module.parameters(), 1e-3)
    loader = DataLoader(Plain(image), batch, shuffle=True, drop_last=True, num_workers=0)
    started = time.perf_counter()
    for _ in range(epochs):
        for first, second, clean in loader:
            views = [v.to(pixels.device).requires_grad_() for v in (first, second)]
            loss = module.criterion(*(module.head(module.backbone(v)) for v in views))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            (views[0].grad + views[1].grad).flatten(1).norm(dim=1).cpu()
            module.eval()
            with torch.no_grad():
                module.backbone(clean.to(pixels.device)).square().mean(1).cpu()
            module.train()
    return time.perf_counter() - started


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=2048)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--networks", nargs="+", default=["small_cnn", "resnet18"])
    given = parser.parse_args()
    shape = (given.images, given.size, given.size, 3)
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    each = given.images // given.batch * given.batch * given.epochs
    print(f"{given.images} images {shape[1:]}, batch {given.batch}, {given.epochs} epochs, "
          f"torch {torch.__version__}, {torch.get_num_threads()} threads")  # fmt: skip
    for network in given.networks:
        rest = (given.batch, given.epochs, given.device)
        ours(image[: 2 * given.batch], network, given.batch, 1, given.device, probes=True)  # warm
        first, both, step, steps = (
            ours(image, network, given.batch, n, given.device, probes=True, when=when)
            for when in ("after_epoch", "in_step") for n in (given.epochs, 2 * given.epochs)
        )  # fmt: skip
        seconds = {  # what is taken once, after the last epoch, is in both and so in neither
            "all probes": both - first,
            "in step": steps - step,
            "no probes": ours(image, network, *rest, probes=False),
            "plain": plain(image, network, *rest),
        }
        print(f"{network:12} once, after the last epoch: {max(2 * first - both, 0):.1f} s")
        for name, spent in seconds.items():
            ratio = seconds["plain"] / spent
            print(f"{network:12} {name:11} {each / spent:8.0f} images/s  {ratio:5.2f} x plain")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
