"""pixels: one-line statistics of the images and a random control, the baselines of every claim."""

from dataclasses import dataclass
from pathlib import Path

from hardrare import tables
from hardrare.metrics import score
from hardrare.metrics._table import write_scores
from hardrare.stage import run


@dataclass(frozen=True)
class Params:
    """This stage reads no parameter."""


def main(params: Params, *, images: Path, scores: Path) -> None:  # noqa: ARG001
    """Score every image by every metric that needs only pixels or the sample's id."""
    given = tables.read_images(images)
    found = score({"image": given.image, "sample_id": given.sample_id})
    write_scores(scores, given.sample_id, found)


if __name__ == "__main__":
    run(main)
