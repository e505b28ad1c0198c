"""Two views of a batch: this package's tensor operations against lightly's per-image transforms.

Both start from the same uint8 images in memory and end with two float tensors
(B, C, H, W). Lightly's transforms are its BYOL and SimCLR pairs without blur, which
this package does not have; they normalise, this does not. Prints images per second
(an image counts once for its two views), the median of the repeats, and the ratio.

    python benchmarks/augmentation.py --seconds 3 --threads 1
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from lightly.transforms import SimCLRTransform
from lightly.transforms.byol_transform import BYOLTransform, BYOLView1Transform, BYOLView2Transform
from PIL import Image

from hardrare.augmentation import Augmentation, augment

BYOL = {"min_scale": 0.08, "flip": 0.5, "degrees": 0.0, "brightness": 0.4, "contrast": 0.4}
BYOL |= {"saturation": 0.2, "hue": 0.1, "grayscale": 0.2}
FIRST, SECOND = Augmentation(**BYOL, solarise=0.0), Augmentation(**BYOL, solarise=0.2)
ROTATED = Augmentation(**BYOL | {"degrees": 10.0}, solarise=0.2)


def ours(images: torch.Tensor, strengths: tuple[Augmentation, Augmentation]) -> Callable:
    """Both views of the whole batch, from uint8."""
    generator = torch.Generator().manual_seed(0)

    def views():
        floats = images.float().div_(255)
        return [augment(floats, strength, generator) for strength in strengths]

    return views


def lightlys(images: torch.Tensor, transform: Callable) -> Callable:
    """Both views image by image, then stacked, as a DataLoader without workers does."""
    arrays = images.movedim(1, -1).contiguous().numpy()

    def views():
        pairs = [transform(Image.fromarray(array)) for array in arrays]
        return [torch.stack(view) for view in zip(*pairs, strict=True)]

    return views


def rate(views: Callable, batch: int, seconds: float) -> float:
    """Images per second: the median over repeats that fill the given time, after one warm-up."""
    views()
    times, started = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - started < seconds:
        begun = time.perf_counter()
        views()
        times.append(time.perf_counter() - begun)
    return batch / statistics.median(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each row")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    shape = (given.batch, 3, given.size, given.size)
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, np.uint8))
    byol = BYOLTransform(
        view_1_transform=BYOLView1Transform(input_size=given.size, gaussian_blur=0.0),
        view_2_transform=BYOLView2Transform(input_size=given.size, gaussian_blur=0.0),
    )
    simclr = SimCLRTransform(input_size=given.size, gaussian_blur=0.0)
    rows = {
        "hardrare, BYOL strengths": ours(images, (FIRST, SECOND)),
        "hardrare, with rotation": ours(images, (ROTATED, ROTATED)),
        "lightly BYOL": lightlys(images, byol),
        "lightly SimCLR": lightlys(images, simclr),
    }
    rates = {name: rate(views, given.batch, given.seconds) for name, views in rows.items()}
    print(f"{given.batch} images of {given.size}x{given.size}, two views, {given.threads} threads")
    mine = rates["hardrare, BYOL strengths"]
    for name, one in rates.items():
        print(f"{name:26s} {one:10.0f} images/s   hardrare is {mine / one:6.1f} times as fast")


if __name__ == "__main__":
    main()
