"""prepare: a dataset becomes Arrow tables of uint8 images."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.datasets import load
from hardrare.stage import run
from hardrare.tables import write_images


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    dataset: str
    path: str | None
    limit: int | None
    test_limit: int | None
    test_share: float
    size: int | None
    seed: int


def main(params: Params, *, train: Path, test: Path) -> None:
    """Read a dataset and write its training and its test images."""
    images = load(
        params.dataset,
        Path(params.path).expanduser() if params.path else None,
        seed=params.seed,
        limit=params.limit,
        test_limit=params.test_limit,
        test_share=params.test_share,
        size=params.size,
    )
    for path, one in zip((train, test), images, strict=True):
        write_images(path, one)
    shape = "x".join(map(str, images[0].image.shape[1:]))
    counts = f"{len(images[0].label)} training and {len(images[1].label)} test images"
    print(f"prepare: {counts} of {shape}, {len(images[0].classes)} classes", flush=True)


if __name__ == "__main__":
    run(main)
