"""correlate: how every pair of scores agrees, with intervals."""

from dataclasses import dataclass
from pathlib import Path

from hardrare.agreement.pairs import pairs
from hardrare.runs import Runs
from hardrare.stage import run
from hardrare.tables import read_images, write_rows


@dataclass(frozen=True)
class Params(Runs):
    """What this stage reads of the parameters."""

    bootstrap: int
    seed: int


def main(params: Params, *, scores: Path, images: Path, agreement: Path) -> None:
    """Correlate the scores of all runs and of the pixels; labels serve the within-class view."""
    sample_id, found = params.scores(scores)
    pictures = read_images(images, sample_id)
    rows = pairs(found, pictures.label, bootstrap=params.bootstrap, seed=params.seed)
    write_rows(agreement, "agreement/1", rows)


if __name__ == "__main__":
    run(main)
