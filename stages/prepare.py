"""prepare: a dataset becomes Arrow tables of uint8 images."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.datasets import load
from hardrare.stage import run
from hardrare.tables import counts_by_kind, write_images, write_skipped


@dataclass(frozen=True)
class Params:
    """What this stage reads of the parameters."""

    dataset: str
    path: str | None
    labels: str | None
    limit: int | None
    test_limit: int | None
    test_share: float
    size: int | None
    min_images: int
    seed: int


def main(params: Params, *, train: Path, test: Path, skipped: Path) -> None:
    """Read a dataset; write its training and test images, and what could not be used."""
    path, labels = (Path(p).expanduser() if p else None for p in (params.path, params.labels))
    training, testing, left_out = load(
        params.dataset,
        path,
        labels=labels,
        seed=params.seed,
        limit=params.limit,
        test_limit=params.test_limit,
        test_share=params.test_share,
        size=params.size,
        min_images=params.min_images,
        scratch=train.parent,
    )
    write_images(train, training)
    write_images(test, testing)
    write_skipped(skipped, left_out)
    shape = "x".join(map(str, training.image.shape[1:]))
    counts = f"{len(training.label)} training and {len(testing.label)} test images"
    print(f"prepare: {counts} of {shape}, {len(training.classes)} classes", flush=True)
    for kind, n in counts_by_kind(left_out).items():
        print(f"prepare: {n} left out: {kind}", flush=True)


if __name__ == "__main__":
    run(main)
